#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/defaults.h"

namespace plumbline {

// The switches of dialect.h as text, one after another: what a settings report tells, what a case
// file says, and the alternatives of which a catalogue tries one at a time. The numbers among them
// (dampening, probability_limit) are not here, and neither are those of a recipe.
struct DialectSwitch {
  // What it belongs to and what it decides: "max_pool.ties". Before the point stands "optimizer",
  // "loss", or the word of a layer or of an activation.
  const char* name;
  std::span<const char* const> words;  // one an alternative, in the order of dialect.h
  std::size_t (*chosen)(const Settings& settings);
  void (*choose)(Settings& settings, std::size_t alternative);
  // Whether it decides anything about such an optimizer, a loss or a layer; null: never.
  bool (*in_optimizer)(const OptimizerSettings& optimizer);
  bool (*in_loss)(const Settings& settings);
  bool (*in_layer)(const Operation& operation);

  [[nodiscard]] const char* word(const Settings& settings) const { return words[chosen(settings)]; }
};

[[nodiscard]] std::span<const DialectSwitch> dialect_switches();

// Sets one switch by its name and a word of its. Throws Error that lists the names or the words.
void choose(Settings& settings, std::string_view name, std::string_view word);

// A choice as a report tells it: "optimizer.adam_epsilon" or "<layer>.<what is decided>", and its
// word.
struct DialectChoice {
  std::string name;
  std::string word;
  bool by_default = false;  // what the default dialect has
};
// Every choice that these settings depend on, of each layer by itself.
[[nodiscard]] std::vector<DialectChoice> dialect_choices(const Settings& settings);

}  // namespace plumbline
