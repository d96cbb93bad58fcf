#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/capture/raw_frame.hpp"
#include "agent/pipeline/call_reports.hpp"
#include "agent/pipeline/classify.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/duplicates.hpp"
#include "agent/pipeline/message_sink.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pipeline/packet_clock.hpp"
#include "agent/pipeline/phone_reports.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "agent/pipeline/rtcp_reports.hpp"
#include "agent/pipeline/rtp_streams.hpp"
#include "agent/pipeline/stream_messages.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/table_figures.hpp"
#include "proto/net/decode.hpp"
#include "proto/net/sctp_messages.hpp"
#include "proto/net/tunnel.hpp"
#include "proto/rtp/rtcp.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

enum class Parsed : std::uint8_t { sip, incomplete, over_limit, count_ };

/// Counters of the stages before the encoder. Each frame is counted once in each stage it reaches.
struct PipelineCounts {
  std::uint64_t frames = 0;
  Counts<Decoded> decoded;
  Counts<Tunnel> tunnels;  ///< packets that each kind was around
  Counts<Content> content;
  Counts<RtcpType> rtcp;                 ///< packets in the datagrams that are RTCP
  std::uint64_t from_streams = 0;        ///< messages that joined the way from TCP and SCTP
  std::uint64_t sctp_messages = 0;       ///< of those, from SCTP
  std::uint64_t sctp_message_bytes = 0;  ///< in them
  Counts<Parsed> parsed;
  std::uint64_t truncated = 0;        ///< of the parsed: the capture holds only part of the message
  std::uint64_t head_incomplete = 0;  ///< of the parsed: no empty line ends the head
  std::uint64_t mirror_copies = 0;    ///< dropped
  std::uint64_t copies_for_plan = 0;  ///< others of them
};

/// Adds what the call table has seen to the stages of the pipelines that use it.
void add_calls(Ledger& ledger, const CallCounts& calls);

/// The same for the calls that media belong to.
void add_media(Ledger& ledger, const MediaCounts& media);

/// The same for what is kept of their media until they are reported.
void add_media_book(Ledger& ledger, const MediaBookCounts& book);

/// gives     a SIP message as the encoder takes it; borrows from the packet
/// keep_bytes   of the payload that must not be cut: all up to the body
[[nodiscard]] hep::Message sip_message(const Packet& packet, std::size_t keep_bytes,
                                       std::int64_t time_us) noexcept;

/// What pipelines use together with others. Null: there is none, and what needs it is left out.
struct SharedParts {
  DuplicateWindow* duplicates = nullptr;  ///< null: a window of its own
  MediaCalls* media = nullptr;  ///< which call media belong to; null: RTCP and RTP are only counted
  TrackedCalls* tracked = nullptr;    ///< what KPIs are counted from
  MediaObserver* observer = nullptr;  ///< told of what is found out about media
};

/// One packet's way, from the captured frame to the frame in the ring. One thread owns it.
class Pipeline {
 public:
  /// outlet      where messages go; null when only calls are wanted. Must outlive the pipeline.
  /// shared      what it uses together with others. Must outlive the pipeline.
  Pipeline(const PipelineOptions& options, CallTable& calls, Outlet* outlet,
           const SharedParts& shared = {});
  Pipeline(const Pipeline&) = delete;  // its streams ask it
  Pipeline& operator=(const Pipeline&) = delete;

  /// Added to each packet's time before anything uses it.
  void set_time_shift(std::int64_t shift_us) noexcept { shift_us_ = shift_us; }

  /// Calls that are over are reported through the outlet, which must be there.
  void report_calls(CallReportSources sources) {
    sources.links = media_;
    call_reports_ = std::make_unique<CallReports>(sources, *outlet_);
  }
  /// Those that are over when nothing more comes.
  void send_call_reports() noexcept {
    if (call_reports_) call_reports_->send_all();
  }

  /// sink      must outlive the pipeline
  void set_message_sink(MessageSink& sink) noexcept { message_sink_ = &sink; }

  /// What follows was captured by somebody else, or at another time: its packets are no copies of those
  /// before. What waits for its rest goes on, as captures are cut into files, unless it is of later.
  void begin_capture() noexcept;

  void handle(const RawFrame& frame);

  /// Nothing comes for a while, or somebody asks for figures.
  void catch_up() noexcept {
    if (rtp_) rtp_->catch_up();
  }

  /// No packet came, and none of before this time will: what is due by then is done.
  void pass_until(std::int64_t time_us);

  /// Nothing more comes: gives what waited in streams for bytes that are missing.
  void finish();

  [[nodiscard]] const PipelineCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const DefragCounts& fragments() const noexcept { return decoder_.fragments(); }
  [[nodiscard]] const StreamCounts& streams() const noexcept { return tcp_.streams(); }
  [[nodiscard]] const SctpCounts& sctp() const noexcept { return sctp_.counts(); }

  /// gives     the stages of the way, first to last, without what the call table knows: add_calls()
  [[nodiscard]] std::vector<LedgerStage> ledger() const;
  /// gives     what became of the bytes in streams; none that never had any
  [[nodiscard]] std::vector<LedgerStage> stream_ledger() const;
  /// gives     what joins the way from beside it; none when that is nothing
  [[nodiscard]] std::vector<LedgerStage> source_ledger() const;
  /// gives     those that no other pipeline uses; quick, whatever is in them
  [[nodiscard]] std::vector<TableFigures> tables() const;

 private:
  void take_datagram(const Packet& packet, std::int64_t time_us);
  void take_segment(const Packet& packet, std::int64_t time_us);
  void take_sctp(Packet& packet, std::int64_t time_us);
  void read_streams();
  void take_message(const Packet& packet, std::int64_t time_us);
  void look_around() noexcept;
  void look_at_calls(std::int64_t now_us) noexcept;
  void take_reports(const Packet& packet, Content content, std::int64_t time_us);
  void take_copy(const Packet& packet, std::int64_t time_us, std::uint64_t call) noexcept;
  void send(const Packet& packet, std::int64_t time_us, std::uint64_t call,
            bool is_copy = false) noexcept;

  [[nodiscard]] Errc parse(const Packet& packet) noexcept;
  [[nodiscard]] bool opens_stream(const Packet& segment) noexcept;
  [[nodiscard]] bool may_be_sip(std::uint16_t a, std::uint16_t b) const noexcept;
  [[nodiscard]] bool expects_sip(const FlowKey& flow) const noexcept;
  void count_parsed(Errc parsed, const Packet& packet) noexcept;
  void count_tunnels(std::uint32_t tunnels) noexcept;
  [[nodiscard]] bool is_mirror_copy(const Packet& packet, std::uint64_t content,
                                    std::int64_t time_us) noexcept;

  PipelineOptions options_;
  CallTable& calls_;
  Outlet* outlet_;
  MessageSink* message_sink_ = nullptr;
  PacketClock clock_;
  Decoder decoder_;
  StreamMessages tcp_;
  SctpMessages sctp_;
  BytesHash content_hash_;
  std::optional<DuplicateWindow> own_duplicates_;
  DuplicateWindow& duplicates_;
  Inflater inflater_;  // for a look at streams that nobody knows
  SipView sip_;
  MediaHeaders headers_;
  SdpView sdp_;
  MediaCalls* media_;
  MediaText media_text_;
  std::optional<RtcpReports> reports_;
  std::unique_ptr<CallReports> call_reports_;  // it is large, and seldom wanted
  TrackedCalls* tracked_;
  std::int64_t calls_looked_us_ = 0;
  std::size_t calls_turn_ = 0;
  std::optional<PhoneReports> phones_;
  std::optional<RtpStreams> rtp_;
  std::int64_t shift_us_ = 0;
  std::uint32_t frame_bytes_ = 0;  // of the frame that is handled, on the wire
  PipelineCounts counts_;
};

}  // namespace heptap
