#include "data/fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/locate.h"
#include "data/loopback_server.h"
#include "data/small_set.h"

namespace plumbline {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class FetchTest : public testing::Test {
 protected:
  std::map<std::string, std::string> good_responses() const {
    std::map<std::string, std::string> responses;
    for (std::size_t i = 0; i < small_.contents.size(); ++i) {
      responses[small_.set.files[i].name + ".gz"] = LoopbackServer::ok(gzip_of(small_.contents[i]));
    }
    return responses;
  }

  // Fetches from a server that answers so, and returns the error's message.
  std::string fetch_from(std::map<std::string, std::string> responses) {
    const LoopbackServer server(std::move(responses));
    small_.set.mirrors = {server.address()};
    return message_of([&] { fetch_known_set(small_.set, target_, options_); });
  }

  std::string fetch_images_as(const std::string& response) {
    std::map<std::string, std::string> responses = good_responses();
    responses["train-images.gz"] = response;
    return fetch_from(responses);
  }

  std::vector<std::string> names_in_target() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(target_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  TemporaryFolder folder_{std::filesystem::temp_directory_path(), "data-test-"};
  std::filesystem::path target_ = folder_.path() / "cache" / "small";
  SmallSet small_;
  FetchOptions options_{
      .protocols = "http,https", .connect_seconds = 5, .stall_seconds = 2, .progress = {}};
};

TEST_F(FetchTest, ASetIsFetchedVerifiedAndLoads) {
  std::map<std::string, std::uint64_t> done;
  options_.progress = [&](const FetchProgress& progress) {
    done[progress.file] = progress.done_bytes;
    return true;
  };
  EXPECT_EQ(fetch_from(good_responses()), "");
  EXPECT_EQ(inspect_folder(small_.set, target_).state, FolderState::Verified);
  EXPECT_THAT(names_in_target(),
              testing::UnorderedElementsAre(
                  "train-images.gz", "train-labels.gz", "test-images.gz", "test-labels.gz"));
  EXPECT_EQ(done.at("train-images"), gzip_of(small_.contents[0]).size());
}

TEST_F(FetchTest, WhatIsThereAndRightIsNotFetchedAgain) {
  small_.write(target_);
  small_.set.mirrors = {"http://127.0.0.1:1/"};
  EXPECT_NO_THROW(fetch_known_set(small_.set, target_, options_));
}

TEST_F(FetchTest, ADamagedFileIsReplaced) {
  small_.write(target_, true);
  write_bytes(target_ / "train-images.gz", "damage");
  EXPECT_EQ(fetch_from(good_responses()), "");
  EXPECT_EQ(inspect_folder(small_.set, target_).state, FolderState::Verified);
}

TEST_F(FetchTest, WhatComesWrongIsToldAndLeavesNothing) {
  const std::string good = gzip_of(small_.contents[0]);
  struct Case {
    const char* name;
    std::string response;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"another content",
       LoopbackServer::ok(gzip_of(std::string(22, 'x'))),
       "the SHA-256 of its uncompressed content"},
      {"a page",
       LoopbackServer::ok("<html>Log in to this network</html>"),
       "what came is not the right file"},
      {"half a file",
       LoopbackServer::ok(good.substr(0, good.size() / 2)),
       "gzip data ends too early"},
      {"a broken connection",
       LoopbackServer::of_length(good.substr(0, 9), good.size()),
       "the connection ended before"},
      {"nothing", "", "mpty reply"},
      {"too much", LoopbackServer::ok(std::string(5000, 'x')), "longer than"},
      {"too much, unannounced",
       "HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x'),
       "longer than the 4120 bytes"},
      {"a bomb",
       LoopbackServer::ok(gzip_of(std::string(1'000'000, 'x'))),
       "is longer than 22 bytes"},
      {"an error",
       "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
       "the server answered with status 503"},
      {"a way out", LoopbackServer::redirect("file:///etc/hostname"), "rotocol"},
  };
  for (const Case& test : cases) {
    EXPECT_THAT(
        fetch_images_as(test.response),
        AllOf(HasSubstr(
                  "train-images of the data set 'small' could not be fetched. http://127.0.0.1:"),
              HasSubstr(test.message)))
        << test.name;
    EXPECT_TRUE(names_in_target().empty()) << test.name;
  }
}

TEST_F(FetchTest, AMissingFileIsAnAnswerOf404) {
  std::map<std::string, std::string> responses = good_responses();
  responses.erase("train-labels.gz");
  EXPECT_THAT(fetch_from(responses),
              HasSubstr("train-labels.gz: the server answered with status 404."));
  EXPECT_THAT(names_in_target(), testing::ElementsAre("train-images.gz"));
}

TEST_F(FetchTest, TheNextMirrorIsAskedWhenOneFails) {
  const LoopbackServer broken({});
  const LoopbackServer good(good_responses());
  small_.set.mirrors = {broken.address(), good.address()};
  EXPECT_NO_THROW(fetch_known_set(small_.set, target_, options_));
  EXPECT_EQ(inspect_folder(small_.set, target_).state, FolderState::Verified);
}

TEST_F(FetchTest, WithoutANetworkItSaysSoForEveryMirror) {
  small_.set.mirrors = {"https://no-such-host.invalid/", "https://127.0.0.1:1/"};
  const std::string message = message_of([&] { fetch_known_set(small_.set, target_, options_); });
  EXPECT_THAT(message,
              AllOf(HasSubstr("https://no-such-host.invalid/train-images.gz: the name of the "
                              "server cannot be resolved; is "
                              "there a network? "),
                    HasSubstr("https://127.0.0.1:1/train-images.gz: the server cannot be reached; "
                              "is there a network?"),
                    HasSubstr("Get the file by other means and put it into")));
  small_.set.debian_package = "dataset-small";
  EXPECT_THAT(message_of([&] { fetch_known_set(small_.set, target_, options_); }),
              HasSubstr("`apt-get install dataset-small` gets the data set too."));
}

TEST_F(FetchTest, OnlyHttpsIsAllowedUnlessATestSaysSo) {
  options_.protocols = FetchOptions{}.protocols;
  EXPECT_THAT(fetch_from(good_responses()), HasSubstr("its protocol is not allowed"));
  small_.set.mirrors = {"file://" + folder_.path().string() + "/"};
  EXPECT_THAT(message_of([&] { fetch_known_set(small_.set, target_, options_); }),
              HasSubstr("its protocol is not allowed"));
}

TEST_F(FetchTest, AServerThatGoesSilentIsGivenUp) {
  const int silent = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(silent, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(silent, 1), 0);  // the kernel accepts; nobody answers
  ASSERT_EQ(getsockname(silent, reinterpret_cast<sockaddr*>(&address), &length), 0);
  small_.set.mirrors = {fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port))};
  EXPECT_THAT(message_of([&] { fetch_known_set(small_.set, target_, options_); }),
              HasSubstr("does not answer, or too slowly"));
  close(silent);
}

TEST_F(FetchTest, TheCallerMayStopIt) {
  options_.progress = [](const FetchProgress&) { return false; };
  EXPECT_THAT(fetch_from(good_responses()), HasSubstr("it was stopped"));
}

TEST_F(FetchTest, AFolderThatCannotBeMadeIsASentence) {
  write_bytes(folder_.path() / "cache", "a file");
  EXPECT_THAT(fetch_from(good_responses()), HasSubstr("cannot be made: Not a directory."));
}

}  // namespace
}  // namespace plumbline
