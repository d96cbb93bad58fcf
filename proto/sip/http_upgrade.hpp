#pragma once

#include <cstddef>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/stream_need.hpp"

namespace heptap {

inline constexpr std::size_t max_http_head_bytes = 16 * 1024;

/// What to wait for with so much of a head.
[[nodiscard]] constexpr StreamNeed rest_of_http_head(std::size_t bytes) noexcept {
  return {.bytes = bytes + 1, .blank_line = true, .without_line = max_http_head_bytes};
}

/// The head of an HTTP message that turns its connection into one of WebSocket.
struct HttpUpgrade {
  bool is_response = false;    ///< frames follow; after a request, only if the response agrees
  std::size_t size_bytes = 0;  ///< with the empty line
};

/// Reads one head, of either direction. Which sub-protocol they agree on is not asked: a proxy may
/// leave it out, and the content of the messages says it better.
/// in        lines may end in a bare LF
/// errors    incomplete: call again with more; malformed: not HTTP; unsupported: HTTP, but a start
///           line or headers that upgrade nothing to WebSocket; over_limit: no end of the head
///           within max_http_head_bytes
/// source    RFC 6455 sections 4.1 and 4.2.2, RFC 9110 sections 7.6.1 and 7.8
[[nodiscard]] Result<HttpUpgrade> parse_http_upgrade(Bytes in) noexcept;

}  // namespace heptap
