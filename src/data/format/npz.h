#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/format/byte_reader.h"

namespace plumbline {

// NumPy's .npz: a zip archive (stored or deflated) of .npy files. Reads members one by one and
// checks their CRC.
class NpzArchive {
 public:
  // Throws EnvironmentError when the file is missing or is not a zip archive.
  explicit NpzArchive(const std::filesystem::path& path);
  ~NpzArchive();
  NpzArchive(const NpzArchive&) = delete;
  NpzArchive& operator=(const NpzArchive&) = delete;

  // The arrays' names, without ".npy", in the archive's order.
  [[nodiscard]] std::vector<std::string> array_names() const;
  // The .npy bytes of one array; the archive must outlive the reader, and only one may be read at a
  // time. Throws EnvironmentError that names the arrays there are when there is none of that name.
  [[nodiscard]] std::unique_ptr<ByteReader> open_array(const std::string& array) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace plumbline
