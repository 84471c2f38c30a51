#include "study/file/toml_document.h"

#include <fmt/format.h>

#include "study/file/toml_guard.h"

namespace plumbline {
namespace {

constexpr std::size_t kMaxReasonColumns = 200;

}  // namespace

toml::table parse_toml(const SourceText& source) {
  if (source.text().size() > kMaxStudyBytes) {
    source.fail({}, fmt::format("A study file has at most {} bytes.", kMaxStudyBytes));
  }
  guard_toml(source);
  try {
    return toml::parse(source.text());
  } catch (const toml::parse_error& error) {
    const toml::source_position& place = error.source().begin;
    source.fail(
        {place.line, place.column},
        fmt::format("This is not TOML. {}.", printable(error.description(), kMaxReasonColumns)));
  }
}

}  // namespace plumbline
