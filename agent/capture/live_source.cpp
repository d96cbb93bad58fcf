// libpcap reads the kernel's ring (TPACKET_V3) in place, and puts VLAN tags that the kernel took off
// back into the frame. Never in immediate mode: then every packet would wake us.
#include "agent/capture/live_source.hpp"

#include <net/if.h>
#include <pcap/pcap.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/capture/capture_limits.hpp"
#include "agent/capture/exchange_filter.hpp"
#include "agent/capture/loopback_copies.hpp"
#include "agent/capture/packet_binding.hpp"
#include "agent/capture/user_filter.hpp"

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

// How far a 32 bit counter went since it was `seen`, which is moved on.
std::uint32_t step_of(std::uint32_t& seen, std::uint32_t now) noexcept {
  const std::uint32_t step = now - seen;
  seen = now;
  return step;
}

CaptureError::Kind kind_of(int status) noexcept {
  const bool is_refused =
      status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED;
  return is_refused ? CaptureError::Kind::not_permitted : CaptureError::Kind::unavailable;
}

}  // namespace

void LiveSource::Close::operator()(pcap* handle) const noexcept {
  if (fanout) fanout->leave(pcap_fileno(handle));
  pcap_close(handle);
}

LiveSource::LiveSource(const LiveOptions& options)
    : name_(options.interface),
      sees_loopback_(name_ == "lo" || name_ == "any"),
      handle_(nullptr, Close{options.fanout}) {
  char error[PCAP_ERRBUF_SIZE] = {};
  handle_.reset(pcap_create(options.interface.c_str(), error));
  if (!handle_) fail(CaptureError::Kind::unavailable, error);
  set_up(options);
  fd_ = pcap_get_selectable_fd(handle_.get());
  link_type_ = normal_link_type(static_cast<std::uint32_t>(pcap_datalink(handle_.get())));
  if (!options.expression.empty()) compile(options);
  listen(options);
}

LiveSource::~LiveSource() = default;

void LiveSource::set_up(const LiveOptions& options) {
  pcap* const handle = handle_.get();
  pcap_set_snaplen(handle, options.snaplen);
  pcap_set_promisc(handle, options.promiscuous ? 1 : 0);
  pcap_set_buffer_size(handle,
                       static_cast<int>(std::min<std::size_t>(options.ring_bytes, INT32_MAX)));
  pcap_set_timeout(handle, static_cast<int>(longest_delay.count()));
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  pcap_set_protocol_linux(handle, no_protocol);
  const int status = pcap_activate(handle);
  if (status < 0) {
    const std::string detail = pcap_geterr(handle);
    fail(kind_of(status), detail.empty() ? pcap_statustostr(status) : detail);
  }
  char error[PCAP_ERRBUF_SIZE] = {};
  if (pcap_setnonblock(handle, 1, error) != 0) fail(CaptureError::Kind::unavailable, error);
}

void LiveSource::compile(const LiveOptions& options) {
  users_ = options.compiled;
  if (users_.link_type == link_type_ && !users_.program.empty()) return;
  UserFilter filter = compile_filter(*handle_, options.expression);
  if (!filter.error.empty()) {
    throw CaptureError(CaptureError::Kind::unavailable, name_ + ": filter: " + filter.error);
  }
  users_ = {link_type_, std::move(filter.program)};
}

// libpcap is not asked to filter: it cannot read all of what the kernel can, filters the first packets
// once more itself, and all of them when the kernel will not; whatever it rejects then seems to wait
// in the ring for ever.
void LiveSource::listen(const LiveOptions& options) {
  const int fd = pcap_fileno(handle_.get());
  const auto filter = [&] { set_filter(options.filter); };
  if (options.fanout) return options.fanout->join(fd, filter);
  filter();
  const std::error_code error = hear_everything(fd, bound_interface(fd));
  if (error) fail(CaptureError::Kind::unavailable, error.message());
}

std::vector<bpf_insn> LiveSource::program(const KernelFilterOptions& options) const {
  if (!users_.program.empty()) return without_own(link_type_, options, users_.program);
  KernelFilterOptions filter = options;
  filter.snap_bytes = static_cast<std::uint32_t>(pcap_snapshot(handle_.get()));
  std::vector<bpf_insn> program = kernel_filter(link_type_, filter);
  if (program.empty()) program.push_back({BPF_RET | BPF_K, 0, 0, filter.snap_bytes});
  return program;
}

std::error_code LiveSource::attach(const std::vector<bpf_insn>& program) const {
  const unsigned loopback = sees_loopback_ ? ::if_nametoindex("lo") : 0;
  return exchange_filter(pcap_fileno(handle_.get()), link_type_,
                         loopback != 0 ? without_loopback_copies(program, loopback) : program);
}

void LiveSource::set_filter(const KernelFilterOptions& options) {
  KernelFilterOptions fitting = options;
  std::error_code error = attach(program(fitting));
  while (error == std::errc::not_enough_memory && fitting.most_instructions > 0) {
    fitting.most_instructions /= 2;
    error = attach(program(fitting));
  }
  if (error) {
    fail(CaptureError::Kind::unavailable, "the kernel takes no such filter: " + error.message());
  }
}

std::size_t LiveSource::read(std::size_t most, const Take& take) {
  take_ = &take;
  const int count = pcap_dispatch(handle_.get(), static_cast<int>(most), on_packet,
                                  reinterpret_cast<unsigned char*>(this));  // NOLINT: libpcap's way
  if (count < 0) fail(CaptureError::Kind::unavailable, pcap_geterr(handle_.get()));
  return static_cast<std::size_t>(count);
}

void LiveSource::on_packet(unsigned char* source, const pcap_pkthdr* header,
                           const unsigned char* bytes) noexcept {
  auto& self = *reinterpret_cast<LiveSource*>(source);  // NOLINT: as read() gave it
  ++self.counts_.read;
  RawFrame frame;
  frame.time_ns = std::int64_t{header->ts.tv_sec} * nanos_per_second + header->ts.tv_usec;
  frame.link_type = self.link_type_;
  frame.wire_bytes = std::max(header->len, header->caplen);
  frame.bytes = {bytes, header->caplen};
  (*self.take_)(frame);
}

LinkState LiveSource::link() const noexcept {
  ifreq request{};
  name_.copy(request.ifr_name, IFNAMSIZ - 1);  // NOLINT: the kernel's struct
  // NOLINTNEXTLINE: as ioctl is
  if (::ioctl(fd_, SIOCGIFFLAGS, &request) != 0) return LinkState::up;
  const auto flags = static_cast<unsigned>(request.ifr_flags);  // NOLINT: the kernel's union
  if ((flags & IFF_UP) == 0) return LinkState::down;
  return (flags & IFF_RUNNING) == 0 ? LinkState::no_carrier : LinkState::up;
}

const LiveCounts& LiveSource::counts() {
  pcap_stat now{};
  if (pcap_stats(handle_.get(), &now) != 0) return counts_;  // the interface is gone
  counts_.received += step_of(seen_received_, now.ps_recv);
  counts_.kernel_dropped += step_of(seen_kernel_dropped_, now.ps_drop);
  counts_.interface_dropped += step_of(seen_interface_dropped_, now.ps_ifdrop);
  return counts_;
}

void LiveSource::fail(CaptureError::Kind kind, const std::string& what) const {
  const bool is_named = what.starts_with(name_);
  throw CaptureError(kind, is_named ? what : name_ + ": " + what);
}

}  // namespace heptap
