#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/pipeline/classify.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/inflater_pool.hpp"
#include "proto/net/tcp_streams.hpp"
#include "proto/sip/framing.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/websocket.hpp"

namespace heptap {

/// What the bytes of streams turned out to be.
enum class StreamBytes : std::uint8_t {
  message,            ///< SIP that is handed on, with the frames of WebSocket around it
  keep_alive,         ///< line ends and NULs
  junk,               ///< no SIP where a message must begin; after a gap, up to the next one
  unfinished,         ///< a message whose end never came
  over_limit,         ///< a head above 64 KiB, or a message above 1 MiB
  http_upgrade,       ///< the heads of HTTP that lead to WebSocket
  websocket_control,  ///< ping, pong, close
  websocket_other,    ///< a message that is not SIP, or that cannot be inflated
  other,              ///< a stream that is something else
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(StreamBytes what) noexcept;

struct StreamMessageCounts {
  Counts<StreamBytes> bytes;
  std::uint64_t messages = 0;
  std::uint64_t without_length = 0;  ///< of the messages: where they end was guessed
  std::uint64_t websocket = 0;       ///< of the messages
  std::uint64_t not_inflated = 0;    ///< compressed messages that could not be read
  Counts<Content> other_streams;     ///< streams without SIP, by what they begin with
};

/// Finds the SIP messages in TCP connections, in the clear or in WebSocket.
class StreamMessages {
 public:
  /// Whether SIP is to be expected between these ports, whatever a stream looks like at first.
  using ExpectsSip = std::function<bool(const FlowKey&)>;

  StreamMessages(const StreamLimits& limits, TcpStreams::Opens opens, ExpectsSip expects_sip);

  /// As TcpStreams::take(). Followed by next() until it gives false.
  [[nodiscard]] bool take(const Packet& segment, std::int64_t time_us, std::int64_t now_us) {
    return streams_.take(segment, time_us, now_us);
  }

  /// sip       the index of a message
  /// out       the packet that it would have been, had it come alone; without sequence number
  /// time_us   of the packet that completed it, and after that of the message before in its stream
  /// gives     false: there is none at the moment
  /// lifetime  until the next call
  [[nodiscard]] bool next(SipView& sip, Packet& out, std::int64_t& time_us);

  /// Nothing more comes. Followed by next() as take() is.
  void finish() noexcept { streams_.finish(); }

  [[nodiscard]] const StreamCounts& streams() const noexcept { return streams_.counts(); }
  [[nodiscard]] const StreamMessageCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] TableUse stream_table() const noexcept;
  [[nodiscard]] TableUse inflaters() const noexcept { return inflaters_.use(); }

 private:
  enum class Mode : std::uint8_t {
    unknown,  // at its beginning
    midway,   // the beginning is missing, and nothing was recognised yet
    sip,
    searching,  // for the start of a SIP message
    websocket,
    websocket_lost  // until a segment begins with a frame
  };
  struct State {
    std::int64_t last_us;     // of its last message
    std::uint32_t old_bytes;  // of the run, that the one before had, too
    Mode mode;
    bool was_moved;  // that message got another time than that of its packet
  };

  void begin_run();
  void lose_place() noexcept;
  void look_for_websocket();
  void end_run(const StreamNeed& need) noexcept;
  [[nodiscard]] bool step(Bytes rest, SipView& sip);
  [[nodiscard]] bool recognise(Bytes rest, SipView& sip);
  void recognise_other(Bytes rest, bool is_expected, SipView& sip);
  [[nodiscard]] bool is_worth_searching(Bytes rest, bool is_expected, SipView& sip) noexcept;
  void let_go(Bytes rest) noexcept;
  void let_go(Bytes rest, Content what) noexcept;
  void upgrade(std::size_t head_bytes) noexcept;
  [[nodiscard]] bool take_sip(Bytes rest, SipView& sip) noexcept;
  [[nodiscard]] bool take_part(const SipFrame& frame) noexcept;
  [[nodiscard]] bool lacks_head_end(Bytes rest) noexcept;
  void search(Bytes rest, SipView& sip) noexcept;
  [[nodiscard]] bool take_websocket(Bytes rest, SipView& sip);
  [[nodiscard]] bool is_sip_message(const WebSocketMessage& message, SipView& sip);
  void rejoin_websocket(Bytes rest);
  void use(StreamBytes what, std::size_t bytes) noexcept;
  void use_segment(StreamBytes what) noexcept;
  void note_message(std::size_t bytes) noexcept;
  void describe(const SipView& sip, Packet& out, std::int64_t& time_us) noexcept;
  [[nodiscard]] std::int64_t time_after(State& state, std::int64_t time_us) noexcept;
  [[nodiscard]] Mode& mode() noexcept { return states_[run_.stream].mode; }

  TcpStreams streams_;
  ExpectsSip expects_sip_;
  std::vector<State> states_;  // by StreamRun::stream; grows to the most there are
  InflaterPool inflaters_;
  std::unique_ptr<std::uint8_t[]> unmasked_;  // NOLINT: not to be touched before it is used
  std::unique_ptr<std::uint8_t[]> inflated_;  // NOLINT: as above
  StreamRun run_;
  std::size_t used_ = 0;                  // of the run
  std::optional<std::size_t> heads_end_;  // the last place in the run where a head may end
  std::size_t message_ = 0;               // where the last message in the run begins
  bool has_run_ = false;
  bool is_first_of_run_ = true;  // no message of the run was given yet
  StreamMessageCounts counts_;
};

}  // namespace heptap
