#include "agent/report/file_forms.hpp"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>

#include "agent/report/frame_line.hpp"
#include "agent/report/frame_packet.hpp"
#include "agent/report/output_records.hpp"
#include "agent/report/text.hpp"
#include "agent/version.hpp"
#include "transport/little_endian.hpp"

namespace heptap {
namespace {

constexpr std::uint32_t section_header_block = 0x0a0d0d0a;
constexpr std::uint32_t interface_block = 1;
constexpr std::uint32_t packet_block = 6;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t link_type_ethernet = 1;
constexpr std::uint16_t option_end = 0;
constexpr std::uint16_t option_if_name = 2;
constexpr std::uint16_t option_user_application = 4;
constexpr std::size_t max_interfaces = 1'001;

template <class Number>
void append(std::string& out, Number value) {
  std::array<std::uint8_t, sizeof value> bytes;
  put_little_endian(bytes.data(), value);
  out += as_text(bytes);
}

void pad(std::string& out, std::size_t written) { out.append((4 - written % 4) % 4, '\0'); }

void append_option(std::string& out, std::uint16_t code, std::string_view text) {
  append(out, code);
  append(out, static_cast<std::uint16_t>(text.size()));
  out += text;
  pad(out, text.size());
}

// A block: its type, its length, what `fill` appends, and its length again.
template <class Fill>
void append_block(std::string& out, std::uint32_t type, Fill fill) {
  const std::size_t begin = out.size();
  append(out, type);
  append(out, std::uint32_t{0});
  fill();
  const auto length = static_cast<std::uint32_t>(out.size() - begin + sizeof(std::uint32_t));
  append(out, length);
  std::array<std::uint8_t, sizeof length> bytes;
  put_little_endian(bytes.data(), length);
  std::copy(bytes.begin(), bytes.end(),
            out.begin() + static_cast<std::ptrdiff_t>(begin + sizeof type));
}

class PcapngForm final : public FileForm {
 public:
  void begin(std::string& out) override {
    append_block(out, section_header_block, [&] {
      append(out, byte_order_magic);
      append(out, std::uint16_t{1});
      append(out, std::uint16_t{0});
      append(out, ~std::uint64_t{0});  // how long the section is: nobody knows
      append_option(out, option_user_application, std::string("heptap ") + version);
      append_option(out, option_end, "");
    });
  }

  void add(std::span<const std::uint8_t> frame, std::string& out) override {
    hep::HepView view;
    if (hep::decode(frame, view) != hep::Fault::none) return;
    const std::uint32_t interface = interface_of(view, out);
    MadePacket packet = packets_.packet_of(view);
    if (packet.bytes.empty()) packet = packets_.packet_around(view, frame);
    const auto time = static_cast<std::uint64_t>(view.time_us());
    const auto size = static_cast<std::uint32_t>(packet.bytes.size());
    append_block(out, packet_block, [&] {
      append(out, interface);
      append(out, static_cast<std::uint32_t>(time >> 32U));
      append(out, static_cast<std::uint32_t>(time));
      append(out, size);
      append(out, static_cast<std::uint32_t>(size + packet.missing_bytes));
      out += as_text(packet.bytes);
      pad(out, size);
    });
  }

 private:
  struct LastNode {
    std::uint32_t node_id = 0;
    std::uint32_t interface = 0;
  };

  // Described in the file when its first frame comes.
  std::uint32_t interface_of(const hep::HepView& frame, std::string& out) {
    const bool is_last = last_ && last_->node_id == frame.node_id && last_name_ == frame.node_name;
    if (is_last) return last_->interface;
    const std::uint32_t interface = find_interface(frame, out);
    last_ = {frame.node_id, interface};
    last_name_ = frame.node_name;
    return interface;
  }

  std::uint32_t find_interface(const hep::HepView& frame, std::string& out) {
    std::string name = "other nodes";
    const auto next = static_cast<std::uint32_t>(interfaces_.size());
    if (next + 1 < max_interfaces || interfaces_.contains(name_of(frame))) name = name_of(frame);
    const auto [at, is_new] = interfaces_.try_emplace(name, next);
    if (is_new) append_interface(name, out);
    return at->second;
  }

  static std::string name_of(const hep::HepView& frame) {
    std::string id = std::to_string(frame.node_id);
    if (frame.node_name.empty()) return id;
    return valid_utf8(frame.node_name.substr(0, max_name_bytes)) + " (" + id + ")";
  }

  // Microseconds are the resolution when nothing is said.
  static void append_interface(std::string_view name, std::string& out) {
    append_block(out, interface_block, [&] {
      append(out, link_type_ethernet);
      append(out, std::uint16_t{0});
      append(out, std::uint32_t{0});  // no snap length
      append_option(out, option_if_name, name);
      append_option(out, option_end, "");
    });
  }

  static constexpr std::size_t max_name_bytes = 100;
  PacketMaker packets_;
  boost::unordered_flat_map<std::string, std::uint32_t> interfaces_;
  std::optional<LastNode> last_;  // of the frame before: most are of one node
  std::string last_name_;
};

}  // namespace

void append_json_record(std::span<const std::uint8_t> frame, std::string& out) {
  const std::size_t before = out.size();
  write_json_record(frame, out);
  if (out.size() != before) out += '\n';
}

void append_console_record(std::span<const std::uint8_t> frame, std::string& out) {
  hep::HepView view;
  if (hep::decode(frame, view) == hep::Fault::none) out.append(console_line(view)).append("\n");
}

std::unique_ptr<FileForm> make_json_form() {
  return std::make_unique<PlainForm>(append_json_record);
}

std::unique_ptr<FileForm> make_console_form() {
  return std::make_unique<PlainForm>(append_console_record);
}

std::unique_ptr<FileForm> make_pcapng_form() { return std::make_unique<PcapngForm>(); }

}  // namespace heptap
