#include "native_worker/native_observer.h"

#include "adapter/images.h"

namespace plumbline {
namespace {

constexpr const char* kSlotPrefix = "slot/";

class NativeObserver : public Observer {
 public:
  NativeObserver(NativeAdapter& adapter, std::string method)
      : adapter_(adapter), method_(std::move(method)) {}

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
  [[nodiscard]] Observation described(TensorMap tensors) const {
    return {.tensors = std::move(tensors), .method = method_, .fused = {}, .slots = {}};
  }

  NativeAdapter& adapter_;
  std::string method_;
};

}  // namespace

std::unique_ptr<Observer> make_native_observer(NativeAdapter& adapter, std::string method) {
  return std::make_unique<NativeObserver>(adapter, std::move(method));
}

}  // namespace plumbline
