// What streams are, and SIP in the clear. SIP in WebSocket is in stream_websocket.cpp.
#include "agent/pipeline/stream_messages.hpp"

#include <limits>
#include <utility>

#include "proto/blank_line.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/sip/http_upgrade.hpp"

namespace heptap {
namespace {

constexpr std::int64_t never_us = std::numeric_limits<std::int64_t>::min() / 2;
// Of what is searched: the next segment may begin with a frame of WebSocket.
constexpr std::size_t max_looked_at_again = 1024;
constexpr std::int64_t step_back_us = 1'000'000;  // beyond it, the clock of the capture was set

StreamBytes bytes_of(SipPart part) noexcept {
  switch (part) {
    case SipPart::message: return StreamBytes::message;
    case SipPart::keep_alive: return StreamBytes::keep_alive;
    case SipPart::unfinished: return StreamBytes::unfinished;
    case SipPart::over_limit: return StreamBytes::over_limit;
    case SipPart::junk:
    case SipPart::need_more: break;
  }
  return StreamBytes::junk;
}

// Whether a frame of HEP begins somewhere here, whose first chunk is the address family, as everybody's.
bool has_hep(Bytes in) noexcept {
  constexpr std::string_view magic = "HEP3";
  constexpr std::uint16_t family_chunk_bytes = 7;
  const std::string_view text = as_text(in);
  for (std::size_t at = 0; (at = text.find(magic, at)) != std::string_view::npos; ++at) {
    ByteReader r{in.subspan(at)};
    r.skip(magic.size() + 2);  // and the length of the frame
    const bool is_generic = r.be16() == 0;
    const bool is_family = r.be16() == static_cast<std::uint16_t>(hep::Chunk::ip_family);
    const bool is_so_long = r.be16() == family_chunk_bytes;
    if (r.ok() && is_generic && is_family && is_so_long) return true;
  }
  return false;
}

// Whether no SIP comes later on, though there may be start lines. Behind HTTP WebSocket may begin, and
// JSON may be a body whose head was lost.
bool stays_so(Content stream, bool is_beginning) noexcept {
  return stream == Content::hep || stream == Content::tls ||
         (stream == Content::json && is_beginning);
}

}  // namespace

std::string_view to_string(StreamBytes what) noexcept {
  switch (what) {
    case StreamBytes::message: return "message";
    case StreamBytes::keep_alive: return "keep_alive";
    case StreamBytes::junk: return "junk";
    case StreamBytes::unfinished: return "unfinished";
    case StreamBytes::over_limit: return "over_limit";
    case StreamBytes::http_upgrade: return "http_upgrade";
    case StreamBytes::websocket_control: return "websocket_control";
    case StreamBytes::websocket_other: return "websocket_other";
    case StreamBytes::other: return "other";
    case StreamBytes::count_: break;
  }
  return "?";
}

StreamMessages::StreamMessages(const StreamLimits& limits, TcpStreams::Opens opens,
                               ExpectsSip expects_sip)
    : streams_(limits, std::move(opens)),
      expects_sip_(std::move(expects_sip)),
      unmasked_(new std::uint8_t[max_websocket_message_bytes]),
      inflated_(new std::uint8_t[max_websocket_message_bytes]) {
  states_.reserve(streams_.max_streams());
}

TableUse StreamMessages::stream_table() const noexcept {
  TableUse use = streams_.use();
  use.memory_bytes += states_.capacity() * sizeof(State) + 2 * max_websocket_message_bytes;
  return use;
}

bool StreamMessages::next(SipView& sip, Packet& out, std::int64_t& time_us) {
  while (true) {
    if (!has_run_) {
      if (!streams_.next_run(run_)) return false;
      begin_run();
    }
    if (used_ == run_.bytes.size()) {
      end_run({});
      continue;
    }
    if (!step(run_.bytes.subspan(used_), sip)) continue;
    describe(sip, out, time_us);
    return true;
  }
}

void StreamMessages::begin_run() {
  has_run_ = true;
  is_first_of_run_ = true;
  used_ = 0;
  heads_end_.reset();
  if (states_.size() <= run_.stream) states_.resize(run_.stream + 1);
  if (run_.is_new) {
    states_[run_.stream] = {never_us, 0, run_.is_midway ? Mode::midway : Mode::unknown, false};
  }
  if (run_.is_new || run_.after_gap) lose_place();
  if (mode() == Mode::searching) look_for_websocket();
}

// What comes does not follow what was there.
void StreamMessages::lose_place() noexcept {
  states_[run_.stream].old_bytes = 0;
  inflaters_.reset(run_.stream);
  if (mode() == Mode::unknown && run_.after_gap) mode() = Mode::midway;
  if (mode() == Mode::sip) mode() = Mode::searching;
  if (mode() == Mode::websocket) mode() = Mode::websocket_lost;
}

void StreamMessages::end_run(const StreamNeed& need) noexcept {
  has_run_ = false;
  states_[run_.stream].old_bytes = static_cast<std::uint32_t>(run_.bytes.size() - used_);
  streams_.consume(run_, used_, need);
}

void StreamMessages::use(StreamBytes what, std::size_t bytes) noexcept {
  counts_.bytes[what] += bytes;
  used_ += bytes;
}

// The same up to the next segment.
void StreamMessages::use_segment(StreamBytes what) noexcept {
  use(what, streams_.segment_end(used_) - used_);
}

// One part of the run. True when it is a message.
bool StreamMessages::step(Bytes rest, SipView& sip) {
  switch (mode()) {
    case Mode::sip: return take_sip(rest, sip);
    case Mode::websocket: return take_websocket(rest, sip);
    case Mode::searching: search(rest, sip); break;
    case Mode::websocket_lost: rejoin_websocket(rest); break;
    case Mode::unknown:
    case Mode::midway: return recognise(rest, sip);
  }
  return false;
}

// What a stream is shows where it begins, or where we have come to it. A first message that nobody
// would expect there must be more than a start line: web servers say "SIP/2.0 200 OK", too. And where
// the beginning is missing, that of the method may be, too.
bool StreamMessages::recognise(Bytes rest, SipView& sip) {
  const SipFrame front = frame_sip(rest, run_.is_last, sip);
  if (front.part == SipPart::keep_alive || front.part == SipPart::need_more) {
    return take_part(front);
  }
  const bool is_expected = expects_sip_(streams_.flow(run_));
  if (front.part == SipPart::junk) {
    recognise_other(rest, is_expected, sip);
    return false;
  }
  const bool names_call = sip.contains(HeaderId::call_id) || sip.contains(HeaderId::via);
  if (!is_expected && !names_call) {
    let_go(rest);
    return false;
  }
  const bool is_midway = mode() == Mode::midway;
  mode() = is_midway ? Mode::searching : Mode::sip;
  return !is_midway && take_part(front);
}

void StreamMessages::recognise_other(Bytes rest, bool is_expected, SipView& sip) {
  const auto http = parse_http_upgrade(rest);
  if (http) return upgrade(http->size_bytes);
  if (http.error() == Errc::incomplete && !run_.is_last) {
    return end_run(rest_of_http_head(rest.size()));
  }
  if (looks_like_websocket(rest, inflaters_.any())) {
    mode() = Mode::websocket;
  } else if (is_worth_searching(rest, is_expected, sip)) {
    mode() = Mode::searching;
  } else {
    let_go(rest);
  }
}

// Whether a stream that does not begin with SIP may have some: where it is expected; and where the
// beginning is missing, if there is some behind it.
bool StreamMessages::is_worth_searching(Bytes rest, bool is_expected, SipView& sip) noexcept {
  if (mode() == Mode::midway) {
    const SipFrame front = find_sip(rest, true, sip);
    if (front.part != SipPart::junk || front.size_bytes < rest.size()) return true;
  }
  return is_expected && content_of_stream(rest) == Content::other;
}

void StreamMessages::let_go(Bytes rest) noexcept { let_go(rest, content_of_stream(rest)); }

void StreamMessages::let_go(Bytes rest, Content what) noexcept {
  ++counts_.other_streams[what];
  if (run_.is_last) return use(StreamBytes::other, rest.size());  // behind a gap, it may be SIP
  has_run_ = false;
  const bool for_good = stays_so(what, mode() == Mode::unknown);
  counts_.bytes[StreamBytes::other] += streams_.forget(run_, for_good) - used_;
}

void StreamMessages::upgrade(std::size_t head_bytes) noexcept {
  mode() = Mode::websocket;
  use(StreamBytes::http_upgrade, head_bytes);
}

bool StreamMessages::take_sip(Bytes rest, SipView& sip) noexcept {
  if (lacks_head_end(rest)) {
    end_run(rest_of_head(rest.size()));
    return false;
  }
  return take_part(frame_sip(rest, run_.is_last, sip));
}

bool StreamMessages::take_part(const SipFrame& frame) noexcept {
  switch (frame.part) {
    case SipPart::need_more: end_run(frame.need); return false;
    case SipPart::message:
      note_message(frame.size_bytes);
      if (!frame.has_length) ++counts_.without_length;
      return true;
    case SipPart::junk:
    case SipPart::over_limit: mode() = Mode::searching; break;
    default: break;
  }
  use(bytes_of(frame.part), frame.size_bytes);
  return false;
}

// Half of the segments end within a head. To index it twice would cost as much as a message.
bool StreamMessages::lacks_head_end(Bytes rest) noexcept {
  const bool is_line_end = rest.front() < ' ';  // a keep-alive
  if (run_.is_last || is_line_end || rest.size() > SipView::max_head_bytes) return false;
  if (!heads_end_) heads_end_ = last_blank_line_end(as_text(run_.bytes));
  return used_ >= *heads_end_;
}

void StreamMessages::search(Bytes rest, SipView& sip) noexcept {
  const SipFrame frame = find_sip(rest, run_.is_last, sip);
  if (frame.part == SipPart::need_more) {
    StreamNeed need = frame.need;
    need.blank_line = need.blank_line && rest.size() > max_looked_at_again;
    return end_run(need);
  }
  if (frame.part == SipPart::junk && frame.size_bytes == 0) {
    mode() = Mode::sip;
    return;
  }
  const Bytes found = rest.first(frame.size_bytes);
  if (frame.part == SipPart::junk && has_hep(found)) return let_go(rest, Content::hep);
  use(bytes_of(frame.part), frame.size_bytes);
}

void StreamMessages::note_message(std::size_t bytes) noexcept {
  message_ = used_;
  ++counts_.messages;
  streams_.confirm(run_);
  use(StreamBytes::message, bytes);
}

void StreamMessages::describe(const SipView& sip, Packet& out, std::int64_t& time_us) noexcept {
  const FlowKey& flow = streams_.flow(run_);
  const PieceOrigin origin = streams_.origin(message_, used_);
  out = Packet{};
  out.source = flow.source;
  out.destination = flow.destination;
  out.source_port = flow.source_port;
  out.destination_port = flow.destination_port;
  out.ip_protocol = ip_protocol_tcp;
  out.traffic_class = origin.traffic_class;
  out.tcp_flags = origin.tcp_flags;
  out.vlan_id = origin.vlan_id;
  out.ethernet = origin.ethernet;
  out.payload = as_bytes(sip.text());
  time_us = time_after(states_[run_.stream], origin.time_us);
}

// Messages of one packet are put in order by their microseconds, and so is what waited for bytes in
// front of it. Packets that were captured within one microsecond keep it, if each brought something
// of its message.
std::int64_t StreamMessages::time_after(State& state, std::int64_t time_us) noexcept {
  const bool is_first = std::exchange(is_first_of_run_, false);
  const bool is_own = is_first && !state.was_moved && used_ > state.old_bytes;
  const bool is_after = time_us > state.last_us || (is_own && time_us == state.last_us);
  const bool was_set_back = is_first && state.last_us - time_us >= step_back_us;
  state.was_moved = !is_after && !was_set_back;
  state.last_us = state.was_moved ? state.last_us + 1 : time_us;
  return state.last_us;
}

}  // namespace heptap
