#include <string>

#include "agent/pipeline/pipeline.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/fragment_builder.hpp"
#include "tests/support/sctp_builder.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/stream_segments.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::string_view_literals;

namespace {

constexpr std::int64_t second_us = 1'000'000;

/// What a stage of the ledger says of some frames.
struct Row {
  const char* why;
  std::vector<Captured> frames;
  std::string want;
  std::size_t sent = 0;
};

void check(const Row& row, std::string_view stage) {
  CAPTURE(row.why);
  PipelineTap tap;
  tap.handle(row.frames);
  CHECK(tap.lines(stage) == row.want);
  CHECK(tap.texts.size() == row.sent);
}

Frame datagram(std::string_view payload) { return ethernet(ipv4(udp(text(payload)))); }
Frame binary(std::string_view hex) { return ethernet(ipv4(udp(from_hex(hex)))); }

const std::string bye = request("BYE");
const Frame sip = ipv4(udp(text(bye)));

Frame piece(std::size_t from, std::size_t to, std::uint32_t identification = 7) {
  return ethernet(fragment_of(sip, from, to, identification));
}

/// The frames of a connection whose segments hold these bytes, at one a millisecond.
std::vector<Captured> connection(const std::vector<Frame>& segments, std::uint16_t port = 5060) {
  SegmentSender sender(40'000, port);
  std::vector<Captured> out{{tcp_frame(sender.syn()), 0}};
  for (const Frame& segment : segments) {
    out.push_back({tcp_frame(sender.data(Bytes(segment))), out.back().time_us + 1000});
  }
  out.push_back({tcp_frame(sender.fin()), out.back().time_us + 1000});
  return out;
}

/// As the capture holds it when so many bytes of it are missing.
Frame cut(Frame frame, std::size_t missing) {
  frame.resize(frame.size() - missing);
  return frame;
}

std::string count(std::string_view name, std::size_t number) {
  return std::string(name) + ":" + std::to_string(number);
}

}  // namespace

TEST_CASE("the ledger of decoding says what became of each fragment") {
  const std::size_t end = ip_payload_bytes(sip);
  check(GENERATE_COPY(values<Row>({
            {"two of a datagram",
             {{piece(0, 80)}, {piece(80, end)}},
             "+fragment_joined:1 datagrams_joined:1",
             1},
            {"the last one first",
             {{piece(80, end)}, {piece(0, 40)}, {piece(40, 80)}},
             "+fragment_joined:2 datagrams_joined:1",
             1},
            {"one alone", {{piece(0, 80)}}, "=held:1"},
            {"one alone, long ago",
             {{piece(0, 80)}, {piece(0, 80, 8), 31 * second_us}},
             "-fragment_expired:1 =held:1"},
            {"each twice",
             {{piece(0, 80)}, {piece(0, 80)}, {piece(80, end)}, {piece(80, end)}},
             "+fragment_joined:1 -fragment_duplicate:2 datagrams_joined:1",
             1},
            {"an overlap",
             {{piece(0, 80)}, {piece(40, end)}},
             "+fragment_joined:1 datagrams_joined:1 fragment_overlaps:1",
             1},
            {"beyond all datagrams",
             {{ethernet(ipv4(Frame(16, 'x'), 17, 0x1fff))}},
             "-fragment_malformed:1"},
        })),
        "decode");
}

TEST_CASE("the ledger of decoding says what packets were wrapped in") {
  const Frame inner = ethernet(sip);
  check(GENERATE_COPY(values<Row>({
            {"nothing", {{inner}}, "", 1},
            {"VXLAN", {{ethernet(in_udp(4789, vxlan(inner)))}}, "vxlan:1", 1},
            {"IP in IP", {{ethernet(outer_ipv4(sip, 4))}}, "ip_in_ip:1", 1},
            {"GRE in VXLAN",
             {{ethernet(in_udp(4789, vxlan(ethernet(outer_ipv4(gre(0, 0x0800, sip), 47)))))}},
             "gre:1 vxlan:1",
             1},
            {"a tunnel around nothing for us",
             {{ethernet(in_udp(4789, vxlan(ethernet(Frame(46), "0806"))))}},
             "-not_ip:1 vxlan:1"},
            {"fragments in a tunnel",
             {{ethernet(in_udp(4789, vxlan(piece(0, 80))))},
              {ethernet(in_udp(4789, vxlan(piece(80, ip_payload_bytes(sip)))))}},
             "+fragment_joined:1 datagrams_joined:1 vxlan:2",
             1},
        })),
        "decode");
}

TEST_CASE("the ledger of classification has a line for each kind of content") {
  check(GENERATE_COPY(values<Row>({
            {"SIP", {{datagram(bye)}}, "", 1},
            {"RTP", {{binary("8000000100000001aabbccdd")}}, "-rtp:1"},
            {"STUN", {{binary("000100002112a442000000000000000000000000")}}, "-stun:1"},
            {"DTLS", {{binary("16feff00000000000000000001ff")}}, "-dtls:1"},
            {"HEP", {{datagram("HEP3xx")}}, "-hep:1"},
            {"keep-alives", {{datagram("\r\n\r\n")}, {datagram("jaK")}}, "-keep_alive:2"},
            {"HTTP", {{datagram("NOTIFY * HTTP/1.1\r\n\r\n")}}, "-http:1"},
            {"JSON", {{datagram("{\"a\": 1}")}}, "-json:1"},
            {"anything", {{datagram("hello")}}, "-other:1"},
            {"encrypted RTCP",
             {{binary("81c8000600000001ffffffffffffffffffffffffffffffffffffffffffff"
                      "ffffffff00")}},
             "-srtcp:1"},
            {"two receiver reports, one with a goodbye",
             {{binary("80c9000155667788")}, {binary("80c900011122334481cb000111223344")}},
             "-rtcp:2 rtcp_rr:2 rtcp_bye:1"},
            {"a segment of a stream and some of none",
             {{tcp_frame(segment(1, bye))},
              {tcp_frame(segment(1, {}, tcp_flag::ack, 41'000))},
              {tcp_frame(segment(1, "\x17\x03\x03\0\1x"sv, tcp_flag::ack, 42'000))}},
             "+stream:1 -tls:1 -no_payload:1",
             1},
            {"SCTP", {{sctp_frame(data_chunk(1, bye))}}, "+stream:1", 1},
        })),
        "classify");
}

TEST_CASE("the ledger of copies tells them from what was sent twice") {
  const auto with_ttl = [](const Frame& frame, std::uint8_t ttl) {
    return put_over(frame, 14 + 8, {ttl});
  };
  const auto with_id = [](const Frame& frame, const char* hex) {
    return put_over(frame, 14 + 4, from_hex(hex));
  };
  const Frame original = ethernet(sip);
  check(GENERATE_COPY(values<Row>({
            {"a copy", {{original}, {original, 5000}}, "-mirror_copy:1", 1},
            {"with another TTL", {{original}, {with_ttl(original, 63), 10}}, "-mirror_copy:1", 1},
            {"in another VLAN", {{original}, {with_tag(100, sip), 10}}, "-mirror_copy:1", 1},
            {"in a tunnel",
             {{original}, {ethernet(in_udp(4789, vxlan(original))), 10}},
             "-mirror_copy:1",
             1},
            {"in fragments, both times",
             {{piece(0, 80, 1)}, {piece(80, ip_payload_bytes(sip), 1)}, {original, 10}},
             "-mirror_copy:1",
             1},
            {"the older one comes later", {{original, 1000}, {original, 900}}, "-mirror_copy:1", 1},
            {"sent again",
             {{original}, {with_id(original, "0002"), 500'000}},
             "retransmissions:1",
             2},
            {"sent again at once",
             {{original}, {with_id(original, "0002"), 10}},
             "retransmissions:1",
             2},
            {"sent again, and mirrored",
             {{original},
              {original, 10},
              {with_id(original, "0002"), 500'000},
              {with_id(original, "0002"), 500'010}},
             "-mirror_copy:2 retransmissions:1",
             2},
            {"another message", {{original}, {datagram(response(200, "BYE")), 10}}, "", 2},
        })),
        "duplicates");
}

TEST_CASE("the ledger of parsing says what could not be read, and what came of streams") {
  const std::string endless =
      "OPTIONS sip:a SIP/2.0\r\nX: " + std::string(SipView::max_head_bytes, 'x') + "\r\n\r\n";
  const std::string no_end = "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\n";
  check(GENERATE_COPY(values<Row>({
            {"cut in its first line", {{datagram("OPTIONS sip:a SI")}}, "-incomplete:1"},
            {"without the end of its head", {{datagram(no_end)}}, "head_incomplete:1", 1},
            {"without Call-ID",
             {{datagram("OPTIONS sip:a SIP/2.0\r\nX: y\r\n\r\n")}},
             "no_call_id:1",
             1},
            {"in SCTP, cut in its first line",
             {{sctp_frame(data_chunk(1, "OPTIONS sip:a SI"))}},
             "-incomplete:1"},
            {"cut by the capture",
             {{cut(datagram(request("BYE", "c", "body")), 4)}},
             "truncated:1",
             1},
            {"in SCTP, and the capture cut behind it",
             {{cut(sctp_frame(joined(data_chunk(1, bye), data_chunk(2, bye))), bye.size())}},
             "",
             1},
            {"a head without end",
             {{sctp_frame(data_chunk(1, endless.substr(0, 40'000), sctp_flag::begin))},
              {sctp_frame(data_chunk(2, endless.substr(40'000), sctp_flag::end))}},
             "-over_limit:1"},
        })),
        "parse");
}

TEST_CASE("the ledger of TCP says what became of each byte") {
  const Frame sip_text = text(bye);
  const Frame upgrade = text("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  const Frame framed = websocket_frame(0x81, sip_text, rfc_key);
  const Frame ping = websocket_frame(0x89, {});
  const Frame bad_deflate = websocket_frame(0xc1, text("\xff\xff\xff"));
  const Frame half(sip_text.begin(), sip_text.begin() + 90);
  const Frame no_length = text("OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\n\r\n");
  check(GENERATE_COPY(values<Row>({
            {"messages and keep-alives", connection({sip_text, text("\r\n\r\n"), sip_text}),
             "-keep_alive:4 messages:2 streams_opened:1", 2},
            {"junk and half a message", connection({sip_text, text("what?\r\n\r\n"), half}),
             "-junk:9 -unfinished:90 messages:1 streams_opened:1", 1},
            {"without Content-Length", connection({no_length}),
             "messages:1 without_length:1 streams_opened:1", 1},
            {"WebSocket", connection({upgrade, framed, ping, bad_deflate}, 7777),
             count("-http_upgrade", upgrade.size()) +
                 " -websocket_control:2 -websocket_other:5 messages:1 websocket_messages:1 "
                 "not_inflated:1 streams_opened:1",
             1},
            {"something else", connection({text("GET / HTTP/1.1\r\n\r\n")}),
             "-other:18 http_streams:1 streams_opened:1"},
            {"a segment that the capture cut",
             {{cut(tcp_frame(SegmentSender().data(bye)), bye.size() - 90)}},
             "=held:90 streams_opened:1 truncated_segments:1"},
        })),
        "tcp");
}

TEST_CASE("the ledger of TCP has what came twice, and what is missing") {
  SegmentSender sender;
  PipelineTap tap;
  tap.handle(tcp_frame(sender.syn()), 0);
  const Packet first = sender.data(bye);
  tap.handle(tcp_frame(first), 1);
  tap.handle(tcp_frame(first), 2);
  sender.skip(10);
  tap.handle(tcp_frame(sender.data(bye)), 3);
  CHECK(tap.lines("tcp") == count("-repeated", bye.size()) + " " + count("=held", bye.size()) +
                                " messages:1 streams_opened:1");
  tap.finish();
  CHECK(tap.lines("tcp") ==
        count("-repeated", bye.size()) + " messages:2 streams_opened:1 gaps:1 gap_bytes:10");
  CHECK(tap.texts.size() == 2);
}

TEST_CASE("the ledger of SCTP says what became of each byte") {
  check(GENERATE_COPY(values<Row>({
            {"two messages",
             {{sctp_frame(joined(data_chunk(1, bye), data_chunk(2, bye)))}},
             "messages:2",
             2},
            {"something else", {{sctp_frame(data_chunk(1, "hello"))}}, "-other:5"},
            {"one twice",
             {{sctp_frame(data_chunk(1, "hello"))}, {sctp_frame(data_chunk(1, "hello"))}},
             "-other:5 -repeated:5"},
            {"half of one", {{sctp_frame(data_chunk(1, "hello", sctp_flag::begin))}}, "=held:5"},
            {"what cannot be", {{sctp_frame(from_hex("00030000"))}}, "malformed_packets:1"},
            {"one whole, one that the capture cut",
             {{cut(sctp_frame(joined(data_chunk(1, bye), data_chunk(2, bye))), bye.size())}},
             "messages:1 truncated_packets:1",
             1},
            {"one that the capture cut",
             {{cut(sctp_frame(data_chunk(1, bye)), bye.size())}},
             "truncated_packets:1"},
        })),
        "sctp");
}

TEST_CASE("messages of one SCTP packet have times of their own") {
  PipelineTap tap;
  tap.handle(sctp_frame(joined(joined(data_chunk(1, bye), data_chunk(2, "x")), data_chunk(3, bye))),
             9);
  CHECK(tap.times == std::vector<std::int64_t>{9, 10});
}

TEST_CASE("halves that wait are made whole by the next file of a capture, and by no older one") {
  const std::int64_t later_us = GENERATE(-1'000'001, -1'000'000, 0, 1'000'000);
  const bool is_older = later_us < -second_us;
  CAPTURE(later_us);
  PipelineTap tap;
  tap.handle(piece(0, 80), 0);
  tap.handle(sctp_frame(data_chunk(1, bye.substr(0, 80), sctp_flag::begin)), 0);
  tap.pipeline().begin_capture();
  tap.handle(piece(80, ip_payload_bytes(sip)), later_us);
  tap.handle(sctp_frame(data_chunk(2, bye.substr(80), sctp_flag::end)), later_us);
  CHECK(tap.texts.size() == (is_older ? 0 : 2));
  CHECK(tap.pipeline().fragments()[FragmentFate::expired] == (is_older ? 1 : 0));
  CHECK(tap.pipeline().sctp().evicted == (is_older ? 80 : 0));
}

TEST_CASE("packets far behind another are counted, unless another capture has begun") {
  PipelineTap tap;
  tap.handle(datagram(bye), 10 * second_us);
  tap.handle(datagram(response(200, "BYE")), 0);
  CHECK(tap.lines("capture") == "time_steps_back:1");
  tap.pipeline().begin_capture();
  tap.handle(datagram(bye), 0);
  CHECK(tap.lines("capture") == "time_steps_back:1");
  CHECK(tap.lines("duplicates") == "retransmissions:1");
  CHECK(tap.times == std::vector<std::int64_t>{10 * second_us, 0, 0});
}
