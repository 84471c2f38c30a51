#include "tensor/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace plumbline {
namespace {

constexpr std::string_view kMetadataKey = "__metadata__";

std::optional<DType> dtype_of(std::string_view name) {
  constexpr std::array kTypes = {
      DType::Bool, DType::U8, DType::I32, DType::I64, DType::F32, DType::F64};
  for (const DType dtype : kTypes) {
    if (safetensors_name(dtype) == name) {
      return dtype;
    }
  }
  return std::nullopt;
}

// Takes the events of the JSON parser and refuses at once what is not
//   {"__metadata__": {text: text}, name: {"dtype": text, "shape": [n, ...], "data_offsets": [n,
//   n]}, ...}
// so that a hostile header costs no more memory than its own text. A key that comes twice is
// refused.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  SafetensorsHeader header;
  std::string problem;

  bool start_object(std::size_t /*size*/) override {
    switch (place_) {
      case Place::Start:
        place_ = Place::Top;
        return true;
      case Place::TopValue:
        return start_member();
      default:
        return refuse("an object stands where none belongs");
    }
  }

  bool key(std::string& text) override {
    switch (place_) {
      case Place::Top:
        if (!names_.insert(text).second) {
          return refuse(fmt::format("'{}' comes twice", text));
        }
        key_ = text;
        place_ = Place::TopValue;
        return true;
      case Place::Metadata:
        key_ = text;
        place_ = Place::MetadataValue;
        return header.metadata.count(text) == 0 ||
               refuse(fmt::format("the metadata's '{}' comes twice", text));
      case Place::Entry:
        return start_field(text);
      default:
        return refuse("a name stands where none belongs");
    }
  }

  bool string(std::string& text) override {
    if (place_ == Place::MetadataValue) {
      header.metadata[key_] = text;
      place_ = Place::Metadata;
      return true;
    }
    if (place_ != Place::DTypeValue) {
      return refuse("a text stands where none belongs");
    }
    const std::optional<DType> dtype = dtype_of(text);
    if (!dtype) {
      return refuse(fmt::format(
          "tensor '{}' has dtype '{}'; only BOOL, U8, I32, I64, F32 and F64 are read here",
          key_,
          text));
    }
    header.entries.back().dtype = *dtype;
    place_ = Place::Entry;
    return true;
  }

  bool start_array(std::size_t /*size*/) override {
    switch (place_) {
      case Place::ShapeValue:
        place_ = Place::Extents;
        return true;
      case Place::OffsetsValue:
        place_ = Place::Offsets;
        return true;
      default:
        return refuse("a list stands where none belongs");
    }
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::Extents) {
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return refuse(fmt::format("tensor '{}' has an extent of {}", key_, value));
      }
      header.entries.back().shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (place_ == Place::Offsets && offsets_.size() < 2) {
      offsets_.push_back(value);
      return true;
    }
    return refuse("a number stands where none belongs");
  }

  bool end_array() override {
    if (place_ == Place::Offsets) {
      if (offsets_.size() != 2) {
        return refuse(fmt::format("tensor '{}' needs two data_offsets", key_));
      }
      header.entries.back().begin = offsets_[0];
      header.entries.back().end = offsets_[1];
    }
    place_ = Place::Entry;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::Entry && fields_.size() != 3) {
      return refuse(fmt::format("tensor '{}' needs dtype, shape and data_offsets", key_));
    }
    place_ = place_ == Place::Top ? Place::End : Place::Top;
    return true;
  }

  bool null() override { return refuse("null stands where it does not belong"); }
  bool boolean(bool /*value*/) override {
    return refuse("true or false stands where it does not belong");
  }
  bool number_integer(number_integer_t value) override {
    return refuse(fmt::format("the number {} is negative", value));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return refuse(fmt::format("the number {} is not a whole one or too large", text.substr(0, 40)));
  }
  bool binary(binary_t& /*value*/) override { return refuse("it is not JSON"); }
  bool parse_error(std::size_t position,
                   const std::string& /*last_token*/,
                   const nlohmann::json::exception& /*error*/) override {
    return refuse(fmt::format("its header is not JSON at byte {}", position));
  }

 private:
  // Where the next event belongs; "...Value" is after a key.
  enum class Place {
    Start,
    Top,
    TopValue,
    Metadata,
    MetadataValue,
    Entry,
    DTypeValue,
    ShapeValue,
    Extents,
    OffsetsValue,
    Offsets,
    End
  };

  bool start_member() {
    if (key_ == kMetadataKey) {
      place_ = Place::Metadata;
      return true;
    }
    header.entries.emplace_back();
    header.entries.back().name = key_;
    fields_.clear();
    place_ = Place::Entry;
    return true;
  }

  bool start_field(const std::string& field) {
    if (!fields_.insert(field).second) {
      return refuse(fmt::format("tensor '{}' has {} twice", key_, field));
    }
    if (field == "dtype") {
      place_ = Place::DTypeValue;
    } else if (field == "shape") {
      place_ = Place::ShapeValue;
    } else if (field == "data_offsets") {
      offsets_.clear();
      place_ = Place::OffsetsValue;
    } else {
      return refuse(fmt::format(
          "tensor '{}' has a member '{}', which the format does not know", key_, field));
    }
    return true;
  }

  bool refuse(std::string reason) {
    problem = std::move(reason);
    return false;
  }

  Place place_ = Place::Start;
  std::string key_;               // the tensor's name, or the metadata's
  std::set<std::string> names_;   // of the whole header
  std::set<std::string> fields_;  // of the current tensor
  std::vector<std::uint64_t> offsets_;
};

// What `entry` must fill, or nothing when that is beyond 64 bits.
std::optional<std::uint64_t> bytes_of(const TensorEntry& entry) {
  std::uint64_t bytes = size_in_bytes(entry.dtype);
  for (const std::int64_t extent : entry.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent), &bytes) ||
        bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return std::nullopt;
    }
  }
  return bytes;
}

void check_tiling(const std::vector<TensorEntry>& entries, std::uint64_t data_bytes) {
  std::uint64_t expected = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != expected || entry.end < entry.begin || entry.end > data_bytes) {
      throw UnsoundFile(
          fmt::format("tensor '{}' lies at bytes {} to {}, but should start at {} and end by {}",
                      entry.name,
                      entry.begin,
                      entry.end,
                      expected,
                      data_bytes));
    }
    if (bytes_of(entry) != entry.end - entry.begin) {
      throw UnsoundFile(
          fmt::format("tensor '{}' of shape {} and dtype {} does not fit its {} bytes",
                      entry.name,
                      to_string(entry.shape),
                      safetensors_name(entry.dtype),
                      entry.end - entry.begin));
    }
    expected = entry.end;
  }
  if (expected != data_bytes) {
    throw UnsoundFile(
        fmt::format("its tensors take {} bytes, but {} follow the header", expected, data_bytes));
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes) {
  if (json.empty() || json.front() != '{') {
    throw UnsoundFile("its header does not begin with '{'");
  }
  // nlohmann-json takes a zero byte for the end of the text.
  if (const std::size_t zero = json.find('\0'); zero != std::string_view::npos) {
    throw UnsoundFile(fmt::format("its header is not JSON at byte {}", zero));
  }
  HeaderReader reader;
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &reader)) {
    throw UnsoundFile(reader.problem);
  }
  std::vector<TensorEntry>& entries = reader.header.entries;
  std::sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  check_tiling(entries, data_bytes);
  return std::move(reader.header);
}

}  // namespace plumbline
