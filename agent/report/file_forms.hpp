#pragma once

#include "transport/file/file_form.hpp"

namespace heptap {

// What a collector of files makes of HEP frames.

/// A line for a frame, as write_json_record() has it and as `heptap collect --out console`. A frame that
/// cannot be decoded has none; there is no such frame in a ring.
void append_json_record(std::span<const std::uint8_t> frame, std::string& out);
void append_console_record(std::span<const std::uint8_t> frame, std::string& out);

[[nodiscard]] std::unique_ptr<FileForm> make_json_form();
[[nodiscard]] std::unique_ptr<FileForm> make_console_form();

/// A capture in pcapng, times in microseconds. SIP over UDP and TCP is a packet again, see PacketMaker; any
/// other frame, with RTCP, a report or SIP over SCTP in it, is a packet of HEP. Each node has an interface,
/// named "name (id)"; after 1,000 of them all others share one.
/// source    draft-ietf-opsawg-pcapng
[[nodiscard]] std::unique_ptr<FileForm> make_pcapng_form();

}  // namespace heptap
