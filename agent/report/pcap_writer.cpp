#include "agent/report/pcap_writer.hpp"

#include <pcap/pcap.h>

#include <stdexcept>

namespace heptap {
namespace {

constexpr int snap_length = 262144;

}  // namespace

void PcapWriter::Closer::operator()(pcap* handle) const noexcept { pcap_close(handle); }
void PcapWriter::Closer::operator()(pcap_dumper* dumper) const noexcept { pcap_dump_close(dumper); }

PcapWriter::PcapWriter(const std::string& path)
    : handle_(pcap_open_dead(DLT_EN10MB, snap_length)),
      dumper_(handle_ ? pcap_dump_open(handle_.get(), path.c_str()) : nullptr),
      path_(path) {
  if (!handle_) throw std::runtime_error(path + ": out of memory");
  if (!dumper_) throw std::runtime_error(pcap_geterr(handle_.get()));
}

bool PcapWriter::write(const hep::HepView& f) {
  const MadePacket packet = packets_.packet_of(f);
  if (packet.bytes.empty()) return false;
  pcap_pkthdr record{};
  record.ts.tv_sec = f.time_seconds;
  record.ts.tv_usec = f.time_micros;
  record.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  record.len = static_cast<bpf_u_int32>(packet.bytes.size() + packet.missing_bytes);
  // libpcap's callback signature makes this cast the documented way.
  pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &record, packet.bytes.data());  // NOLINT
  check();
  return true;
}

void PcapWriter::flush() {
  pcap_dump_flush(dumper_.get());
  check();
}

void PcapWriter::check() const {
  if (std::ferror(pcap_dump_file(dumper_.get())) == 0) return;
  throw std::runtime_error(path_ + ": cannot be written");
}

}  // namespace heptap
