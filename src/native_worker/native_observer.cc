#include "native_worker/native_observer.h"

#include "adapter/images.h"

namespace plumbline {
namespace {

constexpr const char* kSlotPrefix = "slot/";

class NativeObserver : public Observer {
 public:
  explicit NativeObserver(NativeAdapter& adapter) : adapter_(adapter) {}

  Observation step(const std::vector<std::int64_t>& indices, const TensorMap& masks) override {
    Observation observation = described(adapter_.trainer().observed_step(
        {images_at(adapter_.train_images(), indices), adapter_.labels_at(indices), masks}));
    for (const auto& [name, tensor] : observation.tensors) {
      if (name.starts_with(kSlotPrefix)) {
        const std::string word = name.substr(name.rfind('/') + 1);
        observation.slots.emplace(word, word);
      }
    }
    return observation;
  }

  Observation predict(std::int64_t images) override {
    return described(
        adapter_.trainer().observed_predict(images_from(adapter_.test_images(), 0, images)));
  }

 private:
  static Observation described(TensorMap tensors) {
    return {.tensors = std::move(tensors),
            .method = "the engine's own values",
            .fused = {},
            .slots = {}};
  }

  NativeAdapter& adapter_;
};

}  // namespace

std::unique_ptr<Observer> make_native_observer(NativeAdapter& adapter) {
  return std::make_unique<NativeObserver>(adapter);
}

}  // namespace plumbline
