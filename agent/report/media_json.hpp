#pragma once

#include "agent/report/call_facts.hpp"
#include "proto/hep/json_text.hpp"

namespace heptap {

/// Writes what is known of the media of a call as members into the object that is open: `streams`,
/// `quality`, `rtcp`, `rtpengine`, `srtcp`, `phone_reports`, `media_events`, `media_not_kept`. Lists that would
/// be empty are not written, and what is not known is left out. The man page has the keys.
void append_media(hep::JsonText& json, const CallFacts& facts) noexcept;

}  // namespace heptap
