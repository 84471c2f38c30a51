#include "study/file/layer_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace plumbline {
namespace {

constexpr const char* kActivationKey = "activation";

std::array<std::int64_t, 2> read_pair(const TomlValue& value) {
  if (value.is_integer()) {
    const std::int64_t both = value.integer(1, kMaxElements);
    return {both, both};
  }
  const char* const what = "an integer, or two in a list: [height, width]";
  const auto items = value.list(what, std::numeric_limits<std::size_t>::max());
  if (items.size() != 2) {
    value.must_be(what);
  }
  return {items[0].integer(1, kMaxElements), items[1].integer(1, kMaxElements)};
}

std::array<std::int64_t, 2> read_stride(const TomlTable& layer,
                                        const std::array<std::int64_t, 2>& otherwise) {
  const auto value = layer.find("stride");
  return value ? read_pair(*value) : otherwise;
}

Padding read_padding(const TomlTable& layer) {
  const auto value = layer.find("padding");
  return value ? value->word(kPaddingWords) : Padding::Valid;
}

bool read_bias(const TomlTable& layer) {
  const auto value = layer.find("bias");
  return value ? value->boolean() : true;
}

std::optional<double> read_number(const TomlTable& table,
                                  const char* key,
                                  const NumberRange& range) {
  const auto value = table.find(key);
  return value ? std::optional(value->number(range)) : std::nullopt;
}

// { leaky_relu = { slope = 0.1 } }
Activation read_activation_table(const TomlTable& table) {
  const auto [word, value] = table.choice(kActivationWords);
  const TomlTable settings = value.table(fmt::format("The activation {}", word.text));
  Activation activation{word.kind, {}, {}};
  if (activation.kind == ActivationKind::LeakyRelu) {
    settings.allow_only({"slope"});
    activation.slope = read_number(settings, "slope", kAnyNumber);
  } else if (activation.kind == ActivationKind::Gelu) {
    settings.allow_only({"approximate"});
    if (const auto approximate = settings.find("approximate")) {
      activation.approximate = approximate->boolean();
    }
  } else if (!settings.entries().empty()) {
    table.fail_at(word.text,
                  fmt::format("The activation {0} has nothing to set: write \"{0}\".", word.text));
  }
  return activation;
}

Activation read_activation(const TomlValue& value) {
  if (value.is_table()) {
    return read_activation_table(value.table("An activation"));
  }
  return {value.word(kActivationWords), {}, {}};
}

std::optional<Activation> read_optional_activation(const TomlTable& layer) {
  const auto value = layer.find(kActivationKey);
  return value ? std::optional(read_activation(*value)) : std::nullopt;
}

Operation read_conv2d(const TomlTable& layer, const TomlValue& value) {
  return Conv2d{value.integer(1, kMaxElements),
                read_pair(layer.require("kernel", "kernel = 3")),
                read_stride(layer, {1, 1}),
                read_padding(layer),
                read_bias(layer),
                read_optional_activation(layer)};
}

template <typename Pool>
Operation read_pool(const TomlTable& layer, const TomlValue& value) {
  const auto size = read_pair(value);
  return Pool{size, read_stride(layer, size), read_padding(layer)};
}

template <typename Plain>
Operation read_plain(const TomlTable&, const TomlValue& value) {
  value.require_true();
  return Plain{};
}

template <typename Merge>
Operation read_merge(const TomlTable&, const TomlValue&) {
  return Merge{};
}

Operation read_dense(const TomlTable& layer, const TomlValue& value) {
  return Dense{value.integer(1, kMaxElements), read_bias(layer), read_optional_activation(layer)};
}

Operation read_dropout(const TomlTable&, const TomlValue& value) {
  return Dropout{value.number(kFraction)};
}

Operation read_batch_norm(const TomlTable&, const TomlValue& value) {
  if (!value.is_table()) {
    value.require_true();
    return BatchNorm{};
  }
  const TomlTable settings = value.table("'batch_norm'");
  settings.allow_only({"momentum", "epsilon"});
  return BatchNorm{read_number(settings, "momentum", kFraction),
                   read_number(settings, "epsilon", kFromZero)};
}

Operation read_layer_norm(const TomlTable&, const TomlValue& value) {
  if (!value.is_table()) {
    value.require_true();
    return LayerNorm{};
  }
  const TomlTable settings = value.table("'layer_norm'");
  settings.allow_only({"epsilon"});
  return LayerNorm{read_number(settings, "epsilon", kFromZero)};
}

Operation read_activation_layer(const TomlTable&, const TomlValue& value) {
  return ActivationLayer{read_activation(value)};
}

const std::vector<LayerForm>& layer_forms() {
  static const std::vector<LayerForm> forms{
      {"conv2d", {"kernel", "stride", "padding", "bias", kActivationKey}, read_conv2d},
      {"max_pool", {"stride", "padding"}, read_pool<MaxPool>},
      {"average_pool", {"stride", "padding"}, read_pool<AveragePool>},
      {"global_average_pool", {}, read_plain<GlobalAveragePool>},
      {"flatten", {}, read_plain<Flatten>},
      {"dense", {"bias", kActivationKey}, read_dense},
      {"dropout", {}, read_dropout},
      {"batch_norm", {}, read_batch_norm},
      {"layer_norm", {}, read_layer_norm},
      {"add", {}, read_merge<Add>, true},
      {"concatenate", {}, read_merge<Concatenate>, true},
      {kActivationKey, {}, read_activation_layer},
  };
  return forms;
}

[[noreturn]] void fail_without_operation(const TomlTable& layer) {
  std::vector<std::string> words;
  for (const LayerForm& form : layer_forms()) {
    words.emplace_back(form.word);
  }
  const std::string choices = fmt::format("A layer has one of {}.", join_words(words, "or"));
  for (const TomlTable::Entry& entry : layer.entries()) {
    if (const auto hint = did_you_mean(entry.key, words); !hint.empty()) {
      layer.fail_at(entry.key,
                    fmt::format("There is no layer {}.{} {}", in_quotes(entry.key), hint, choices));
    }
  }
  layer.fail(fmt::format("This layer does not say what it is. {}", choices));
}

}  // namespace

const LayerForm& form_of(const TomlTable& layer) {
  const LayerForm* found = nullptr;
  for (const LayerForm& form : layer_forms()) {
    // An activation may be a layer, or a key of a layer.
    if (!layer.has(form.word) || (found != nullptr && form.word == kActivationKey)) {
      continue;
    }
    if (found != nullptr) {
      layer.fail_at(
          form.word,
          fmt::format("A layer is one thing, but this one is both '{}' and '{}'. Make them "
                      "two layers.",
                      found->word,
                      form.word));
    }
    found = &form;
  }
  if (found == nullptr) {
    fail_without_operation(layer);
  }
  return *found;
}

}  // namespace plumbline
