#include <iostream>

#include "base/error.h"
#include "report/example_results.h"

// example_results NAME FILE: for tests and benchmarks that are written in Python.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "example_results NAME FILE\n";
    return 2;
  }
  try {
    plumbline::write_example(argv[1], argv[2]);
  } catch (const plumbline::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
