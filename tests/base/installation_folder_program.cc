#include <cstdio>

#include "base/error.h"
#include "base/files.h"

int main() {
  try {
    std::puts(plumbline::installation_folder().c_str());
  } catch (const plumbline::Error& error) {
    std::puts(error.what());
  }
}
