#include "agent/names/srv_record.hpp"

#include <ares.h>

#include <memory>
#include <optional>
#include <utility>

namespace heptap {
namespace {

constexpr std::uint16_t type_srv = 33;
constexpr std::uint16_t class_in = 1;

// Names may point to what stands before them, so that each is read with the whole message at hand.
class MessageReader {
 public:
  explicit MessageReader(Bytes message) noexcept : message_(message), reader_(message) {}

  ByteReader& fields() noexcept { return reader_; }

  // gives     nothing: it is no name
  std::optional<std::string> name() {
    const Bytes rest = reader_.rest();
    if (rest.empty()) return std::nullopt;
    char* text = nullptr;
    long size_bytes = 0;
    if (ares_expand_name(rest.data(), message_.data(), static_cast<int>(message_.size()), &text,
                         &size_bytes) != ARES_SUCCESS) {
      return std::nullopt;
    }
    const std::unique_ptr<char, decltype(&ares_free_string)> owned(text, ares_free_string);
    reader_.skip(static_cast<std::size_t>(size_bytes));
    return std::string{text};
  }

 private:
  Bytes message_;
  ByteReader reader_;
};

struct Counts {
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
};

Counts read_header(ByteReader& fields) noexcept {
  fields.skip(4);  // who asked, and flags
  const Counts counts{fields.be16(), fields.be16()};
  fields.skip(4);  // authorities and additional records
  return counts;
}

Errc read_answer(MessageReader& message, std::vector<SrvRecord>& records) {
  if (!message.name()) return Errc::malformed;
  ByteReader& fields = message.fields();
  const auto type = fields.be16();
  const auto of_class = fields.be16();
  SrvRecord record;
  record.ttl_s = fields.be32();
  const auto size_bytes = fields.be16();
  if (!fields.ok() || size_bytes > fields.rest().size()) return Errc::incomplete;
  const Bytes behind = fields.rest().subspan(size_bytes);
  if (type == type_srv && of_class == class_in) {
    record.priority = fields.be16();
    record.weight = fields.be16();
    record.port = fields.be16();
    auto target = message.name();
    if (!fields.ok() || !target || fields.rest().size() != behind.size()) return Errc::malformed;
    record.target = std::move(*target);
    if (records.size() == max_srv_records) return Errc::over_limit;
    records.push_back(std::move(record));
  } else {
    fields.skip(size_bytes);
  }
  return Errc::none;
}

}  // namespace

Result<std::vector<SrvRecord>> parse_srv_records(Bytes message) {
  MessageReader reader(message);
  const Counts counts = read_header(reader.fields());
  if (!reader.fields().ok()) return Errc::incomplete;
  for (unsigned i = 0; i < counts.questions; ++i) {
    if (!reader.name()) return Errc::malformed;
    reader.fields().skip(4);
    if (!reader.fields().ok()) return Errc::incomplete;
  }
  std::vector<SrvRecord> records;
  for (unsigned i = 0; i < counts.answers; ++i) {
    if (const Errc fault = read_answer(reader, records); fault != Errc::none) return fault;
  }
  return records;
}

}  // namespace heptap
