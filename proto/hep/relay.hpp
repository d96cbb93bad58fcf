#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/hep/decode.hpp"
#include "proto/hep/encode.hpp"
#include "proto/result.hpp"

namespace heptap::hep {

/// Whose node id and name a frame has when it is passed on.
enum class NodePolicy : std::uint8_t { keep, rewrite };

struct Relayed {
  std::size_t size_bytes = 0;
  std::size_t chunks_left_out = 0;  ///< of vendors, see Relay
};

/// Passes frames on: their chunks go out as they came, byte for byte and in their order, but for
/// these.
/// - The auth key is ours, or none: that of the sender is nobody else's business.
/// - Node id and name are ours with NodePolicy::rewrite.
/// - What a plan marks it with is put there: a group in place of the sender's, and a suffix behind the node
///   name, unless that ends with it already, as it does of a frame that passes two agents.
/// - Texts that collectors store (node name, correlation id) are sanitised, and written once.
/// - The payload comes last, as collectors need it.
/// - Vendor chunks with the number of a generic one are left out: collectors that do not look at the
///   vendor would take them for it.
class Relay {
 public:
  Relay(const Identity& identity, NodePolicy nodes);

  /// gives     bytes that encode() writes at most; reserve these
  [[nodiscard]] std::size_t bound_bytes(Bytes frame, const Marks& marks = {}) const noexcept;

  /// frame     one that decode() took for good
  /// view      what decode() made of it
  /// out       at least bound_bytes(frame)
  /// errors    over_limit: with our own chunks it is larger than max_frame_bytes, or `out` is too
  ///           small
  [[nodiscard]] Result<Relayed> encode(Bytes frame, const HepView& view,
                                       std::span<std::uint8_t> out,
                                       const Marks& marks = {}) const noexcept;

 private:
  [[nodiscard]] bool is_replaced(std::uint16_t generic_type, const Marks& marks) const noexcept;
  void write_node(ByteWriter& w, const HepView& view, std::string_view suffix) const noexcept;

  NodePolicy nodes_;
  std::uint32_t node_id_;
  std::string node_name_;
  std::string auth_key_;
};

}  // namespace heptap::hep
