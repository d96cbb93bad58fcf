#pragma once

#include <memory>
#include <string>

#include "agent/report/frame_packet.hpp"
#include "proto/hep/decode.hpp"

struct pcap;  // libpcap's handles
struct pcap_dumper;

namespace heptap {

/// Writes the packets that HEP frames were made of to a capture file, as PacketMaker has them.
class PcapWriter {
 public:
  /// path      `-` is standard output
  /// errors    throws std::runtime_error when the file cannot be made
  explicit PcapWriter(const std::string& path);

  /// gives     false for what is no packet: a payload other than SIP, or a transport other than UDP
  ///           and TCP
  /// errors    throws std::runtime_error when the file cannot be written
  bool write(const hep::HepView& frame);

  /// Writes what is buffered. Throws as write() does.
  void flush();

 private:
  struct Closer {
    void operator()(pcap* handle) const noexcept;
    void operator()(pcap_dumper* dumper) const noexcept;
  };

  void check() const;

  std::unique_ptr<pcap, Closer> handle_;
  std::unique_ptr<pcap_dumper, Closer> dumper_;
  std::string path_;
  PacketMaker packets_;
};

}  // namespace heptap
