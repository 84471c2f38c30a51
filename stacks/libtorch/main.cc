#include "adapter/conversation.h"
#include "libtorch_adapter.h"

int main() {
  LibtorchAdapter adapter;
  return plumbline::converse_over_environment(adapter);
}
