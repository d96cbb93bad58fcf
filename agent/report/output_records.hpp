#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace heptap {

// What a frame is in an output, as RecordWriter has it.

/// Appends the object that `heptap collect --out json` prints, without the auth key: it is for the
/// collector alone. Nothing for a frame that is none.
void write_json_record(std::span<const std::uint8_t> frame, std::string& out);

/// Appends the Call-ID of SIP, and of all else the correlation id (HEP chunk 0x11), which is that of its
/// call; nothing where there is none.
void write_call_id(std::span<const std::uint8_t> frame, std::string& out);

}  // namespace heptap
