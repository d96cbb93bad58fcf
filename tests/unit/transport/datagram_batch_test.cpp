#include "transport/datagram_batch.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <random>
#include <vector>

namespace heptap {
namespace {

using Sizes = std::vector<std::size_t>;

/// Frames of these sizes, each filled with a number of its own.
struct Frames {
  explicit Frames(const Sizes& sizes) {
    for (const std::size_t size : sizes) {
      bytes.emplace_back(size, static_cast<std::uint8_t>(bytes.size()));
    }
  }
  void fill(DatagramBatch& batch, std::size_t longest) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      batch.frames()[i] = {bytes[i].data(), bytes[i].size()};
    }
    batch.arrange(bytes.size(), longest);
  }
  std::vector<std::vector<std::uint8_t>> bytes;
};

/// gives     how many frames each message holds
Sizes together(const Sizes& sizes, std::size_t longest) {
  Frames frames(sizes);
  DatagramBatch batch;
  frames.fill(batch, longest);
  Sizes out;
  for (const mmsghdr& message : batch.messages()) out.push_back(message.msg_hdr.msg_iovlen);
  CHECK(batch.frames_in(out.size()) == sizes.size());
  return out;
}

TEST_CASE("frames of one length go together, with a shorter one behind them") {
  CHECK(together({500}, 1472) == Sizes{1});
  CHECK(together({500, 500, 500}, 1472) == Sizes{3});
  CHECK(together({500, 400, 400}, 1472) == Sizes{2, 1});
  CHECK(together({500, 500, 400, 300, 600, 600}, 1472) == Sizes{3, 1, 2});
  CHECK(together({400, 500, 600}, 1472) == Sizes{1, 1, 1});
  CHECK(together({500, 0, 400}, 1472) == Sizes{1, 1, 1});
}

TEST_CASE("frames that the path would cut go alone") {
  CHECK(together({1473, 500, 400}, 1472) == Sizes{1, 2});
  CHECK(together({1472, 1472}, 1472) == Sizes{2});
  CHECK(together({500, 500}, 0) == Sizes{1, 1});
}

TEST_CASE("no message is longer than a datagram may be") {
  CHECK(together(Sizes(64, 1000), 1472) == Sizes{64});
  CHECK(together(Sizes(64, 1400), 1472) == Sizes{46, 18});
  CHECK(together({40'000, 30'000}, 65'507) == Sizes{1, 1});
}

/// A socket that is connected to another one.
struct Pair {
  using udp = boost::asio::ip::udp;

  explicit Pair(const char* host)
      : receiver(io, {boost::asio::ip::make_address(host), 0}), sender(io) {
    sender.connect(receiver.local_endpoint());
  }

  boost::asio::io_context io;
  udp::socket receiver;
  udp::socket sender;
};

TEST_CASE("each frame arrives as a datagram of its own, in order") {
  const auto* const host = GENERATE("127.0.0.1", "::1");
  if (!test::has_host(host)) return;
  Pair pair(host);
  std::minstd_rand random(7);  // NOLINT: the same each time
  Sizes sizes;
  while (sizes.size() < DatagramBatch::max_frames) {
    sizes.insert(sizes.end(), std::min<std::size_t>(1 + random() % 3, 64 - sizes.size()),
                 1 + random() % 1400);
  }
  Frames frames(sizes);
  DatagramBatch batch;
  frames.fill(batch, longest_segment(pair.sender.native_handle()));
  const auto messages = batch.messages();
  CHECK(messages.size() < sizes.size());
  REQUIRE(::sendmmsg(pair.sender.native_handle(), messages.data(),
                     static_cast<unsigned>(messages.size()),
                     0) == static_cast<int>(messages.size()));
  for (const auto& frame : frames.bytes) {
    std::vector<std::uint8_t> got(2000);
    const auto size = ::recv(pair.receiver.native_handle(), got.data(), got.size(), MSG_DONTWAIT);
    REQUIRE(size >= 0);
    got.resize(static_cast<std::size_t>(size));
    REQUIRE(got == frame);
  }
}

TEST_CASE("how long a datagram may be is what the path says") {
  Pair four("127.0.0.1");
  CHECK(longest_segment(four.sender.native_handle()) >= 1472);
  CHECK(longest_segment(four.receiver.native_handle()) == 0);  // not connected
  CHECK(longest_segment(-1) == 0);
}

}  // namespace
}  // namespace heptap
