#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace plumbline {
namespace {

constexpr std::size_t kDigestBytes = 32;

// OpenSSL fails here only without memory, or where SHA-256 was switched off.
void require_success(int status) {
  if (status != 1) {
    throw EnvironmentError(
        "OpenSSL cannot compute a SHA-256 digest. Check OpenSSL's configuration.");
  }
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require_success(state_->context != nullptr ? 1 : 0);
  require_success(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  require_success(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

void Sha256::update(std::string_view text) {
  update(std::as_bytes(std::span(text)));
}

std::string Sha256::hex_digest() {
  std::array<unsigned char, kDigestBytes> digest{};
  require_success(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * kDigestBytes);
  for (const unsigned char byte : digest) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

std::string sha256_hex(std::string_view text) {
  Sha256 digest;
  digest.update(text);
  return digest.hex_digest();
}

std::string sha256_hex_of_file(const std::filesystem::path& path) {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
  InputFile file(path);
  Sha256 digest;
  std::vector<std::byte> piece(kPieceBytes);
  std::size_t count = 0;
  do {
    count = file.read(piece);
    digest.update(std::span(piece).first(count));
  } while (count == piece.size());
  return digest.hex_digest();
}

}  // namespace plumbline
