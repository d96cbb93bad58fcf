#include "agent/capture/pcap_reader.hpp"

#include <algorithm>

namespace heptap {
namespace {

std::string_view reason_of_header(Errc error) noexcept {
  return error == Errc::unsupported ? "pcap version is not 2.4" : "not a pcap header";
}

std::string_view reason_of_record(Errc error) noexcept {
  return error == Errc::over_limit ? "captured length above 16 MiB" : "record of zeros";
}

}  // namespace

ReadState PcapReader::next(ByteSource& in, RawFrame& out, Damage& damage) noexcept {
  if (!header_read_) {
    const ReadState state = read_header(in, damage);
    if (state != ReadState::frame) return state;
  }
  const std::uint64_t offset = in.offset();
  const std::size_t head_bytes = header_.record_head_bytes;
  const auto record = parse_pcap_record(header_, in.at_least(head_bytes));
  if (record.error() == Errc::incomplete) return stop_short(in, offset, damage);
  if (!record) return stop_damaged(offset, reason_of_record(record.error()), damage);

  const std::size_t total_bytes = head_bytes + record->captured_bytes;
  const Bytes whole = in.at_least(total_bytes);
  if (whole.size() < total_bytes) return stop_short(in, offset, damage);
  out.time_ns = record->time_ns;
  out.link_type = header_.link_type;
  out.interface_id = 0;
  out.wire_bytes = std::max(record->wire_bytes, record->captured_bytes);
  out.bytes = whole.subspan(head_bytes, record->captured_bytes);
  in.consume(total_bytes);
  return ReadState::frame;
}

/// gives     ReadState::frame when records may follow
ReadState PcapReader::read_header(ByteSource& in, Damage& damage) noexcept {
  const auto header = parse_pcap_header(in.at_least(pcap_header_bytes));
  if (header.error() == Errc::incomplete) return stop_short(in, 0, damage);
  if (!header) return stop_damaged(0, reason_of_header(header.error()), damage);
  header_ = *header;
  header_read_ = true;
  in.consume(pcap_header_bytes);
  return ReadState::frame;
}

}  // namespace heptap
