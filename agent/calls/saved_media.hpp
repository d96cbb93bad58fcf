#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/calls/media_call.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

struct SavedLine {
  MediaLine line;  ///< in no chain
  std::vector<PayloadFormat> formats;
};

struct SavedDescription {
  MediaDescription description;  ///< in no chain
  std::vector<SavedLine> lines;
  std::vector<MediaClaim> claims;
};

/// What MediaCalls knows of a call, without the table that it is in.
struct SavedMedia {
  static constexpr std::size_t max_descriptions = 16;
  static constexpr std::size_t max_lines = SdpView::max_media;                 ///< of a description
  static constexpr std::size_t max_formats = SdpMediaView::max_payload_types;  ///< of a line
  static constexpr std::size_t max_claims = 64;  ///< of all descriptions
  static constexpr std::size_t max_learned = 12;

  MediaCall call;                              ///< its own members; it has no node
  std::string call_id;                         ///< at most MediaText::max_call_id_bytes
  std::string link;                            ///< at most MediaText::max_link_bytes
  std::vector<SavedDescription> descriptions;  ///< youngest first
  std::vector<MediaClaim> learned;             ///< oldest first
};

/// out       written as new
void save_media(const MediaParts& parts, const MediaCall& call, SavedMedia& out);

}  // namespace heptap
