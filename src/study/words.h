#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "study/network.h"
#include "study/recipe.h"

namespace plumbline {

// The words of a study file and of the wire, each with what it means: one table for reading and for
// writing.
template <typename Kind>
struct Word {
  const char* text;
  Kind kind;
};

inline constexpr std::array kActivationWords{
    Word<ActivationKind>{"relu", ActivationKind::Relu},
    Word<ActivationKind>{"leaky_relu", ActivationKind::LeakyRelu},
    Word<ActivationKind>{"tanh", ActivationKind::Tanh},
    Word<ActivationKind>{"sigmoid", ActivationKind::Sigmoid},
    Word<ActivationKind>{"gelu", ActivationKind::Gelu},
};
inline constexpr std::array kPaddingWords{
    Word<Padding>{"valid", Padding::Valid},
    Word<Padding>{"same", Padding::Same},
};
inline constexpr std::array kLossWords{
    Word<Loss>{"softmax_cross_entropy", Loss::SoftmaxCrossEntropy},
    Word<Loss>{"mean_squared_error", Loss::MeanSquaredError},
};
inline constexpr std::array kOptimizerWords{
    Word<OptimizerKind>{"sgd", OptimizerKind::Sgd},
    Word<OptimizerKind>{"adam", OptimizerKind::Adam},
    Word<OptimizerKind>{"adamw", OptimizerKind::AdamW},
    Word<OptimizerKind>{"rmsprop", OptimizerKind::RmsProp},
    Word<OptimizerKind>{"adagrad", OptimizerKind::Adagrad},
    Word<OptimizerKind>{"adadelta", OptimizerKind::Adadelta},
};
inline constexpr std::array kInitialiserWords{
    Word<InitialiserKind>{"zeros", InitialiserKind::Zeros},
    Word<InitialiserKind>{"constant", InitialiserKind::Constant},
    Word<InitialiserKind>{"normal", InitialiserKind::Normal},
    Word<InitialiserKind>{"truncated_normal", InitialiserKind::TruncatedNormal},
    Word<InitialiserKind>{"glorot_uniform", InitialiserKind::GlorotUniform},
    Word<InitialiserKind>{"glorot_normal", InitialiserKind::GlorotNormal},
    Word<InitialiserKind>{"he_uniform", InitialiserKind::HeUniform},
    Word<InitialiserKind>{"he_normal", InitialiserKind::HeNormal},
    Word<InitialiserKind>{"lecun_uniform", InitialiserKind::LecunUniform},
    Word<InitialiserKind>{"lecun_normal", InitialiserKind::LecunNormal},
};

// What `text` means, or nothing when it is none of the words.
template <typename Table>
[[nodiscard]] auto meaning_of(const Table& words, std::string_view text)
    -> std::optional<decltype(words[0].kind)> {
  for (const auto& word : words) {
    if (text == word.text) {
      return word.kind;
    }
  }
  return std::nullopt;
}

// The word for `kind`, which has one.
template <typename Table, typename Kind>
[[nodiscard]] const char* word_for(const Table& words, Kind kind) {
  for (const auto& word : words) {
    if (word.kind == kind) {
      return word.text;
    }
  }
  return "";
}

template <typename Table>
[[nodiscard]] std::vector<std::string> texts_of(const Table& words) {
  std::vector<std::string> texts;
  texts.reserve(words.size());
  for (const auto& word : words) {
    texts.emplace_back(word.text);
  }
  return texts;
}

}  // namespace plumbline
