#include "data/known_sets.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace plumbline {
namespace {

constexpr std::uint64_t kTrainImagesBytes = 16 + 60'000 * 28 * 28;
constexpr std::uint64_t kTrainLabelsBytes = 8 + 60'000;
constexpr std::uint64_t kTestImagesBytes = 16 + 10'000 * 28 * 28;
constexpr std::uint64_t kTestLabelsBytes = 8 + 10'000;

KnownSet mnist_shaped(std::string name, const std::array<const char*, 4>& digests) {
  KnownSet set;
  set.name = std::move(name);
  set.train_images = 60'000;
  set.test_images = 10'000;
  set.files = {KnownFile{"train-images-idx3-ubyte", kTrainImagesBytes, digests[0]},
               KnownFile{"train-labels-idx1-ubyte", kTrainLabelsBytes, digests[1]},
               KnownFile{"t10k-images-idx3-ubyte", kTestImagesBytes, digests[2]},
               KnownFile{"t10k-labels-idx1-ubyte", kTestLabelsBytes, digests[3]}};
  return set;
}

// LeCun, Cortes, Burges: "The MNIST database of handwritten digits". Its first address no longer
// serves the files; the mirrors are those that torchvision and TensorFlow's tutorials name.
KnownSet mnist() {
  KnownSet set = mnist_shaped("mnist",
                              {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                               "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                               "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                               "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"});
  set.class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  set.mirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                 "https://storage.googleapis.com/cvdf-datasets/mnist/"};
  return set;
}

// Xiao, Rasul, Vollgraf: "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
// Algorithms", 2017. The mirrors are the authors' bucket, by HTTPS, and the authors' repository.
KnownSet fashion_mnist() {
  KnownSet set = mnist_shaped("fashion-mnist",
                              {"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                               "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                               "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                               "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"});
  set.class_names = {"T-shirt/top",
                     "Trouser",
                     "Pullover",
                     "Dress",
                     "Coat",
                     "Sandal",
                     "Shirt",
                     "Sneaker",
                     "Bag",
                     "Ankle boot"};
  set.mirrors = {
      "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"};
  set.debian_package = "dataset-fashion-mnist";
  return set;
}

}  // namespace

std::span<const KnownSet> known_sets() {
  static const std::array<KnownSet, 2> sets = {mnist(), fashion_mnist()};
  return sets;
}

const KnownSet& known_set(const std::string& name) {
  std::vector<std::string> names;
  for (const KnownSet& set : known_sets()) {
    if (set.name == name) {
      return set;
    }
    names.push_back(set.name);
  }
  throw UsageError(fmt::format(
      "There is no known data set '{}'.{} Known are {}; give data of your own with its path.",
      name,
      did_you_mean(name, names),
      join_words(names)));
}

std::string how_to_get(const KnownSet& set) {
  const std::string package =
      set.debian_package.empty() ? "" : fmt::format("`apt-get install {}` or ", set.debian_package);
  return fmt::format(
      "Get it with {}`plumbline data fetch {}`, or name the folder that has it with --data-dir or "
      "PLUMBLINE_DATA_PATH.",
      package,
      set.name);
}

}  // namespace plumbline
