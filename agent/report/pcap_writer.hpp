#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proto/hep/decode.hpp"

struct pcap;  // libpcap's handles
struct pcap_dumper;

namespace heptap {

/// Writes the packets that HEP frames were made of to a capture file: Ethernet with empty MAC
/// addresses, the 802.1Q tag if there was one, IP, UDP or TCP, and the payload. TCP sequence
/// numbers are counted per direction, so that the messages of a connection follow each other.
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

  std::uint32_t next_sequence(const hep::HepView& frame);
  void check() const;

  std::unique_ptr<pcap, Closer> handle_;
  std::unique_ptr<pcap_dumper, Closer> dumper_;
  std::string path_;
  boost::unordered_flat_map<std::string, std::uint32_t> sequences_;
  std::vector<std::uint8_t> packet_;
};

}  // namespace heptap
