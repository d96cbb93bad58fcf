// The least that an agent can do: reads a capture with libpcap, copies each payload behind a
// ready-made header, and sends it with the same system calls as heptap. It decodes nothing and
// takes the capture for what bench_generate wrote. What heptap costs beyond this is its own.
// On an interface it only counts: nobody who captures with these settings can do less.
#include <netinet/tcp.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/capture/live_source.hpp"
#include "config/url.hpp"
#include "proto/bytes.hpp"
#include "tests/bench/call_traffic.hpp"
#include "tests/bench/sockets.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/program.hpp"
#include "transport/datagram_batch.hpp"

namespace heptap::bench {
namespace {

constexpr std::size_t hep_head_bytes = 99;  // up to the payload of the last chunk
constexpr std::size_t frame_length_offset = 4;
constexpr std::size_t payload_chunk_length_offset = hep_head_bytes - 2;
constexpr std::size_t chunk_head_bytes = 6;
constexpr std::size_t stream_write_bytes = 64 * 1024;
constexpr std::size_t max_frame_bytes = 65507;
constexpr int send_buffer_bytes = 1 << 20;  // heptap's for UDP

/// Writes one frame behind another.
class FrameWriter {
 public:
  /// gives     bytes of the frame; `out` has room for them
  std::size_t write(Bytes payload, std::uint8_t* out) const noexcept {
    const std::size_t size = hep_head_bytes + payload.size();
    std::memcpy(out, head_.data(), hep_head_bytes);
    put16(out + frame_length_offset, size);
    put16(out + payload_chunk_length_offset, chunk_head_bytes + payload.size());
    std::memcpy(out + hep_head_bytes, payload.data(), payload.size());
    return size;
  }

 private:
  static void put16(std::uint8_t* out, std::size_t value) noexcept {
    out[0] = static_cast<std::uint8_t>(value >> 8U);
    out[1] = static_cast<std::uint8_t>(value);
  }

  std::vector<std::uint8_t> head_ = test::from_hex(test::hep_v1_hex.substr(0, 2 * hep_head_bytes));
};

class StreamSender {
 public:
  explicit StreamSender(int socket) : socket_(socket) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  void take(Bytes payload) {
    if (used_ + hep_head_bytes + payload.size() > stream_write_bytes) flush();
    used_ += writer_.write(payload, buffer_.data() + used_);
  }

  void flush() {
    for (std::size_t sent = 0; sent < used_;) {
      const auto count = send(socket_, buffer_.data() + sent, used_ - sent, MSG_NOSIGNAL);
      if (count < 0) fail("send");
      sent += static_cast<std::size_t>(count);
    }
    used_ = 0;
  }

 private:
  int socket_;
  FrameWriter writer_;
  std::size_t used_ = 0;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(stream_write_bytes);
};

class DatagramSender {
 public:
  explicit DatagramSender(int socket) : socket_(socket), longest_segment_(longest_segment(socket)) {
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes);
  }

  void take(Bytes payload) {
    std::uint8_t* const place = buffer_.get() + used_;
    const std::size_t size = writer_.write(payload, place);
    batch_.frames()[count_] = {place, size};
    used_ += size;
    if (++count_ == DatagramBatch::max_frames) flush();
  }

  void flush() {
    batch_.arrange(count_, longest_segment_);
    for (auto left = batch_.messages(); !left.empty();) {
      const int taken =
          sendmmsg(socket_, left.data(), static_cast<unsigned>(left.size()), MSG_NOSIGNAL);
      if (taken < 0) fail("sendmmsg");
      left = left.subspan(static_cast<std::size_t>(taken));
    }
    count_ = used_ = 0;
  }

 private:
  int socket_;
  std::size_t longest_segment_;
  FrameWriter writer_;
  std::size_t used_ = 0;
  std::size_t count_ = 0;
  DatagramBatch batch_;
  // Not cleared: only what is used costs memory.
  std::unique_ptr<std::uint8_t[]> buffer_{
      new std::uint8_t[DatagramBatch::max_frames * max_frame_bytes]};
};

using Capture = std::unique_ptr<pcap_t, void (*)(pcap_t*)>;

Capture open_capture(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Capture capture(pcap_open_offline(path.c_str(), error.data()), pcap_close);
  if (!capture) throw std::runtime_error(error.data());
  return capture;
}

template <class Sender>
void send_all(pcap_t* capture, Sender sender) {
  pcap_pkthdr* record = nullptr;
  const u_char* bytes = nullptr;
  int state = 0;
  while ((state = pcap_next_ex(capture, &record, &bytes)) == 1) {
    const Bytes frame(bytes, record->caplen);
    if (frame.size() < frame_head_bytes || frame.size() > max_frame_bytes - hep_head_bytes) {
      throw std::runtime_error("not a capture of bench_generate");
    }
    sender.take(frame.subspan(frame_head_bytes));
  }
  if (state != PCAP_ERROR_BREAK) throw std::runtime_error(pcap_geterr(capture));
  sender.flush();
}

void send_file(const std::string& path, const CollectorUrl& to) {
  const Capture capture = open_capture(path);
  const Socket socket = connect_to(to);
  if (to.carrier == CollectorCarrier::udp) {
    send_all(capture.get(), DatagramSender(socket.fd()));
  } else {
    send_all(capture.get(), StreamSender(socket.fd()));
  }
}

volatile std::sig_atomic_t terminated = 0;

/// Until SIGTERM, and then until nothing more is there; as heptap captures, with its filter.
void count_live(const std::string& interface) {
  constexpr int longest_wait_ms = 100;
  constexpr std::size_t packets_a_turn = 4096;
  std::signal(SIGTERM, [](int) { terminated = 1; });
  LiveSource source({.interface = interface});
  std::cerr << "capturing" << std::endl;
  std::uint64_t bytes = 0;
  const LiveSource::Take count = [&bytes](const RawFrame& frame) { bytes += frame.bytes.size(); };
  while (true) {
    if (source.read(packets_a_turn, count) != 0) continue;
    pollfd look{source.fd(), POLLIN, 0};
    if (::poll(&look, 1, longest_wait_ms) == 0 && terminated != 0) break;
  }
  const LiveCounts& counts = source.counts();
  std::cout << "{\"received\":" << counts.received << ",\"read\":" << counts.read
            << ",\"kernel_dropped\":" << counts.kernel_dropped << ",\"bytes\":" << bytes << "}"
            << std::endl;
}

int run(int argc, char** argv) {
  CLI::App app("Sends a capture of bench_generate as HEP, or counts packets, with no thought.");
  std::string path;
  std::string to;
  std::string interface;
  auto* const file = app.add_option("FILE", path);
  app.add_option("--to", to, "udp://HOST:PORT or tcp://HOST:PORT")->needs(file);
  app.add_option("--interface", interface, "counts here until SIGTERM, and sends nothing")
      ->excludes(file);
  CLI11_PARSE(app, argc, argv);
  if (!interface.empty()) return count_live(interface), 0;
  const CollectorUrl url = parse_url(to);
  if (url.carrier == CollectorCarrier::tls) throw std::runtime_error("speaks no TLS");
  send_file(path, url);
  return 0;
}

}  // namespace
}  // namespace heptap::bench

int main(int argc, char** argv) {
  return heptap::test::run_program(argc, argv, heptap::bench::run);
}
