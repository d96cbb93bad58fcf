#include "transport/kafka/kafka_collector.hpp"

#include "tests/support/kafka_cluster.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/text_bytes.hpp"
#include "tests/unit/transport/peers.hpp"
#include "transport/kafka/kafka_conf.hpp"
#include "transport/transport.hpp"
#include "transport/wall_clock.hpp"

#include <catch2/catch.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::Arrivals;
using test::consume;
using test::eventually;
using test::KafkaCluster;
using test::KafkaRecord;
using test::KafkaRequest;
using test::send_frames;

constexpr std::size_t small_ring = FrameRing::min_bytes;

/// The number of a frame, as text: its last digit is the key.
void write_number(std::span<const std::uint8_t> frame, std::string& out) {
  std::uint32_t number = 0;
  std::memcpy(&number, &frame[4], sizeof number);
  out += std::to_string(number);
}
void write_key(std::span<const std::uint8_t> frame, std::string& out) {
  write_number(frame, out);
  out.erase(0, out.size() - 1);
}

CollectorOptions to(const std::string& brokers) {
  CollectorOptions options = test::quick({});
  options.name = "k";
  options.kafka.emplace();
  options.kafka->brokers = brokers;
  options.kafka->topic = "sip";
  options.kafka->properties = {{"reconnect.backoff.ms", "10"}, {"reconnect.backoff.max.ms", "50"}};
  return options;
}

/// A record takes as long as somebody has this locked.
std::mutex endless_record;

void write_endlessly(std::span<const std::uint8_t> frame, std::string& out) {
  const std::lock_guard lock(endless_record);
  write_number(frame, out);
}

/// A name server that does not answer for as long as somebody has this locked.
std::mutex name_server;

CollectorOptions spooled(const std::string& brokers, const std::filesystem::path& folder) {
  CollectorOptions options = to(brokers);
  options.spool.emplace().folder = folder;
  options.spool_after = 0ms;
  return options;
}

/// What a collector told.
struct Told {
  std::mutex mutex;
  std::vector<std::string> lines;

  EventSink sink() {
    return [this](EventLevel, const std::string& text) {
      const std::lock_guard lock(mutex);
      lines.push_back(text);
    };
  }
  std::size_t count(std::string_view part) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::count_if(
        lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }
};

bool is_up(Transport& transport) { return transport.snapshot()[0].state == CollectorState::up; }

void take(Arrivals& arrivals, const std::vector<KafkaRecord>& records) {
  for (const KafkaRecord& one : records) {
    arrivals.take(test::bytes_of(one.value));
  }
}

/// Ends while brokers have them and do not answer; then they do again.
void all_go_to_the_spool(KafkaCluster& cluster, CollectorOptions options, std::size_t ring_bytes,
                         std::uint32_t count) {
  options.producers_wait = false;
  Transport transport({options}, ring_bytes, {});
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  cluster.set_latency(60'000);
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] {
    const auto now = transport.snapshot()[0].frames;
    return now.in_doubt + now.spooled == count;
  }));
  transport.stop();
  cluster.set_latency(0);
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].frames.spooled == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(test::adds_up(ledger[0]));
  CHECK(ledger[0].spool->held == count);
}

}  // namespace

}  // namespace heptap

/// librdkafka's, as it finds this one first.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (name != nullptr && std::string_view(name) == "unanswered.invalid") {
    const std::lock_guard lock(heptap::name_server);
    return EAI_AGAIN;
  }
  static const auto real = std::bit_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, found);
}

namespace heptap {

TEST_CASE("a name server that does not answer holds up neither the others nor the end") {
  const KafkaCluster cluster;
  auto good = to(cluster.addresses());
  auto bad = to("unanswered.invalid:9092");
  bad.name = "bad";
  const std::lock_guard lock(name_server);
  Transport transport({bad, good}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 10, 500, 3) == 10);
  REQUIRE(eventually([&] { return transport.snapshot()[1].frames.sent == 10; }));
  transport.reconfigure({good}, 0ms);
  REQUIRE(eventually([&] { return transport.account().departed.at(0).frames.held() == 0; }));
  const auto ledger = transport.drain();
  REQUIRE(ledger.size() == 2);
  CHECK(ledger[1].frames.lost.given_up == 10);
  CHECK(test::adds_up(ledger[1]));
}

TEST_CASE("frames are records of a topic, each once, with the time of its packet") {
  const KafkaCluster cluster;
  Transport transport({to(cluster.addresses())}, small_ring, {});
  transport.start();
  const std::uint32_t count = 6'000;  // several times the ring
  const auto before_ms = wall_time_us() / 1000;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::closed);
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].lag.total() == count);
  CHECK(test::adds_up(ledger[0]));
  const auto records = consume(cluster, count);
  Arrivals arrivals;
  take(arrivals, records);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.duplicates() == 0);
  CHECK(arrivals.bad() == 0);
  CHECK(records[0].time_ms >= before_ms);
  CHECK(records[0].time_ms <= wall_time_us() / 1000);
}

TEST_CASE("records are what a writer makes of frames, those of one key in one partition in order") {
  const KafkaCluster cluster(2);
  CollectorOptions options = to(cluster.addresses());
  options.kafka->write_record = write_number;
  options.kafka->write_key = write_key;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 2'000;
  send_frames(transport, 0, count);
  CHECK(transport.drain()[0].frames.sent == count);
  std::map<std::string, std::set<std::int32_t>> partitions;
  std::map<std::string, int> last;
  for (const KafkaRecord& one : consume(cluster, count)) {
    CHECK(one.key == one.value.substr(one.value.size() - 1));
    partitions[one.key].insert(one.partition);
    const int number = std::stoi(one.value);
    CHECK(last.emplace(one.key, -1).first->second < number);
    last[one.key] = number;
  }
  std::set<std::int32_t> used;
  for (const auto& [key, of_key] : partitions) {
    CHECK(of_key.size() == 1);
    used.insert(of_key.begin(), of_key.end());
  }
  CHECK(partitions.size() == 10);
  CHECK(used.size() > 1);
}

TEST_CASE("addresses of all brokers are known, learned ones, too") {
  const KafkaCluster cluster(3);
  const std::string all = cluster.addresses();
  CollectorOptions options = to(all.substr(0, all.find(',')));
  options.kafka->write_key = write_key;
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 500);
  CHECK(eventually([&] { return transport.snapshot()[0].peers.size() == 3; }));
  const auto now = transport.snapshot();
  for (const Endpoint& one : now[0].peers) {
    CHECK(one.carrier == Carrier::tcp);
    CHECK(all.find(one.host + ":" + std::to_string(one.port)) != std::string::npos);
  }
}

TEST_CASE("a collector is down while all brokers are, and nothing is lost") {
  KafkaCluster cluster(2);
  Told told;
  Transport transport({to(cluster.addresses())}, small_ring, told.sink());
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  send_frames(transport, 0, 1'000);
  cluster.set_up(false);
  send_frames(transport, 1'000, 500);
  REQUIRE(eventually([&] { return !is_up(transport); }));
  CHECK_FALSE(transport.snapshot()[0].last_error.empty());
  send_frames(transport, 1'500, 500);
  cluster.set_up(true);
  REQUIRE(eventually([&] { return is_up(transport); }));
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 2'000);
  CHECK(ledger[0].disconnects >= 1);
  Arrivals arrivals;
  take(arrivals, consume(cluster, 2'000));
  CHECK(arrivals.distinct() == 2'000);
}

TEST_CASE("a fault that lasts is told once, however often librdkafka tries") {
  KafkaCluster cluster;
  cluster.set_up(false);
  Told told;
  Transport transport({to(cluster.addresses())}, small_ring, told.sink());
  transport.start();
  const auto fault = "Connection refused";
  REQUIRE(eventually([&] { return told.count(fault) > 0; }));
  const auto first = told.count(fault);
  cluster.set_up(true);
  REQUIRE(eventually([&] { return is_up(transport); }));
  CHECK(first == told.count(fault));
  CHECK(first == 1);
}

TEST_CASE("frames wait in the ring when librdkafka has as much as it may") {
  KafkaCluster cluster;
  cluster.set_latency(200);
  CollectorOptions options = to(cluster.addresses());
  options.kafka->buffer_bytes =
      KafkaOptions::min_buffer_bytes;  // 2,048 records, and as many on their way
  options.kafka->properties["max.in.flight"] = "1";
  options.kafka->properties["batch.num.messages"] = "1000";
  Transport transport({options}, FrameRing::min_bytes * 4, {});
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  const std::uint32_t count = 6'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.in_doubt > 0; }));
  const auto now = transport.snapshot()[0];
  CHECK(now.frames.in_doubt <= 4'096);
  CHECK(now.frames.queued > 0);
  CHECK(transport.drain()[0].frames.sent == count);
}

TEST_CASE("a record that brokers refuse for good is lost, counted and told") {
  KafkaCluster cluster(1, 1);
  Told told;
  CollectorOptions options = to(cluster.addresses());
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, 1);
  Transport transport({options}, small_ring, told.sink());
  transport.start();
  send_frames(transport, 0, 1);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.lost.too_large == 1; }));
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_INVALID_RECORD, 1);
  send_frames(transport, 1, 1);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.lost.refused == 1; }));
  CHECK(told.count(rd_kafka_err2str(RD_KAFKA_RESP_ERR_INVALID_RECORD)) == 1);
  send_frames(transport, 2, 10);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 10);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("a record larger than message.max.bytes is lost alone") {
  const KafkaCluster cluster;
  CollectorOptions options = to(cluster.addresses());
  options.kafka->properties["message.max.bytes"] = "1000";
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 5, 500);
  send_frames(transport, 5, 1, 2'000);
  send_frames(transport, 6, 5, 500);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 10);
  CHECK(ledger[0].frames.lost.too_large == 1);
}

TEST_CASE("another producer takes the place of one with a fatal error") {
  KafkaCluster cluster;
  Told told;
  cluster.refuse(KafkaRequest::init_producer_id, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  Transport transport({to(cluster.addresses())}, small_ring, told.sink());
  transport.start();
  REQUIRE(eventually([&] { return told.count("Failed to acquire") > 0; }));
  REQUIRE(eventually([&] { return is_up(transport); }));
  send_frames(transport, 0, 100);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 100);
}

TEST_CASE("what a producer has not got rid of before a fatal error, the next one sends") {
  KafkaCluster cluster(1, 1);
  Told told;
  CollectorOptions options = to(cluster.addresses());
  options.kafka->write_record = GENERATE(RecordWriter{nullptr}, &write_number);
  Transport transport({options}, small_ring, told.sink());
  transport.start();
  send_frames(transport, 0, 100);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.sent == 100; }));
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  send_frames(transport, 100, 1'000);
  const auto ledger = transport.drain();
  CHECK(ledger[0].disconnects == 1);
  CHECK(ledger[0].frames.sent == 1'100);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("a producer of no use gives back what it has, however late the next one is made") {
  KafkaCluster cluster(2, 2);
  Told told;
  CollectorOptions options = to(cluster.addresses());
  options.kafka->write_key = write_key;
  options.backoff_min = options.backoff_max = 2 * DiskThread::last_wait + 200ms;
  Transport transport({options}, small_ring, told.sink());
  transport.start();
  send_frames(transport, 0, 100);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.sent == 100; }));
  cluster.set_latency(2, 60'000);
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 4);
  send_frames(transport, 100, 1'000);
  REQUIRE(eventually([&] { return transport.snapshot()[0].disconnects == 1; }));
  REQUIRE(eventually([&] { return transport.snapshot()[0].connects == 2; }));
  CHECK(transport.snapshot()[0].frames.lost.total() == 0);
  CHECK(told.count("waited for no more") == 0);
}

TEST_CASE("what is not sent before the end is lost, with its reason") {
  KafkaCluster cluster;
  CollectorOptions options = to(cluster.addresses());
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  cluster.set_latency(60'000);
  send_frames(transport, 0, 1'000);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.in_doubt == 1'000; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.held() == 0);
  CHECK(ledger[0].frames.lost.given_up + ledger[0].frames.lost.unconfirmed == 1'000);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("without brokers it is given up after a while") {
  std::string nowhere;
  nowhere = KafkaCluster().addresses();
  CollectorOptions options = to(nowhere);
  options.give_up_after = 300ms;
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 100);
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.given_up == 100);
}

TEST_CASE("frames go to the spool while no broker is there, and to the topic later") {
  const test::TempFolder folder;
  KafkaCluster cluster;
  cluster.set_up(false);
  const auto form = GENERATE(RecordWriter{nullptr}, &write_number);
  CollectorOptions options = spooled(cluster.addresses(), folder.path() / "k");
  options.kafka->write_record = form;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 5'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == count; }));
  cluster.set_up(true);
  const auto ledger = transport.drain();
  CHECK(ledger[0].spool->sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(consume(cluster, count).size() == count);
}

TEST_CASE("frames wait for a topic that refuses all of them") {
  const test::TempFolder folder;
  const bool has_spool = GENERATE(true, false);
  KafkaCluster cluster(1, 1);
  Told told;
  CollectorOptions options =
      has_spool ? spooled(cluster.addresses(), folder.path() / "k") : to(cluster.addresses());
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 6);
  Transport transport({options}, small_ring, told.sink());
  transport.start();
  const std::uint32_t count = 1'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].frames.sent + ledger[0].frames.spooled == count);
  if (has_spool) CHECK(ledger[0].spool->lost.total() == 0);
  if (!has_spool) {
    CHECK(told.count(rd_kafka_err2str(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)) == 1);
  }
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("frames for a topic that is never there are given up after a while") {
  KafkaCluster cluster(1, 1);
  CollectorOptions options = to(cluster.addresses());
  options.give_up_after = 300ms;
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 10'000);
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 100);
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.total() == 100);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("what librdkafka holds at the end goes to the spool, and the next run sends it") {
  const test::TempFolder folder;
  KafkaCluster cluster;
  const auto form = GENERATE(RecordWriter{nullptr}, &write_number);
  CollectorOptions options = spooled(cluster.addresses(), folder.path() / "k");
  options.kafka->write_record = form;
  const std::uint32_t count = 1'000;
  all_go_to_the_spool(cluster, options, small_ring, count);
  Transport transport({options}, small_ring, {});
  transport.start();
  const auto ledger = transport.drain();
  CHECK(ledger[0].spool->sent == count);
  std::set<std::string> distinct;
  consume(cluster.addresses(), "sip", 4, [&](const KafkaRecord& one) {
    distinct.insert(one.value);
    return distinct.size() < count;
  });
  CHECK(distinct.size() == count);
}

TEST_CASE("what is on its way to librdkafka at the end goes to the spool, too") {
  const test::TempFolder folder;
  KafkaCluster cluster;
  CollectorOptions options = spooled(cluster.addresses(), folder.path() / "k");
  options.kafka->buffer_bytes = KafkaOptions::min_buffer_bytes;  // 2,048 records
  options.kafka->write_record = GENERATE(RecordWriter{nullptr}, &write_number);
  const std::uint32_t count = 3'000;  // and some wait before it
  all_go_to_the_spool(cluster, options, FrameRing::min_bytes * 32, count);
  Transport transport({options}, small_ring, {});
  transport.start();
  CHECK(transport.drain()[0].spool->sent == count);
}

TEST_CASE("what is on its way when a producer ends, the next one sends, in order") {
  KafkaCluster cluster(1, 1);
  CollectorOptions options = to(cluster.addresses());
  options.kafka->buffer_bytes = KafkaOptions::min_buffer_bytes;
  options.kafka->write_record = write_number;
  options.kafka->properties["max.in.flight"] = "1";
  Transport transport({options}, FrameRing::min_bytes * 32, {});
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  cluster.set_latency(300);
  cluster.refuse(KafkaRequest::produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  const std::uint32_t count = 4'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].disconnects == 1; }));
  cluster.set_latency(0);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(test::adds_up(ledger[0]));
  std::uint32_t next = 0;
  for (const KafkaRecord& one : consume(cluster, count)) CHECK(one.value == std::to_string(next++));
  CHECK(next == count);
}

TEST_CASE("a record that takes too long to make holds up neither the others nor the end") {
  const KafkaCluster cluster;
  auto slow = to(cluster.addresses());
  slow.kafka->write_record = write_endlessly;
  auto good = to(cluster.addresses());
  good.name = "good";
  const std::lock_guard lock(endless_record);
  Transport transport({slow, good}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  REQUIRE(send_frames(transport, 0, 10, 500, 3) == 10);
  REQUIRE(eventually([&] { return transport.snapshot()[1].frames.sent == 10; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].frames.lost.unconfirmed == 10);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("others go on while a topic whose record is not made leaves") {
  const KafkaCluster cluster;
  const test::TempFolder folder;
  const bool has_spool = GENERATE(true, false);
  auto hung =
      has_spool ? spooled(cluster.addresses(), folder.path() / "k") : to(cluster.addresses());
  hung.spool_after = 1h;
  hung.kafka->write_record = write_endlessly;
  Arrivals arrivals;
  test::Sink sink(arrivals);
  auto good = test::quick(sink.endpoint());
  good.name = "good";
  Told told;
  std::unique_lock hangs(endless_record);
  Transport transport({hung, good}, small_ring, told.sink());
  transport.start();
  REQUIRE(eventually([&] { return is_up(transport); }));
  REQUIRE(send_frames(transport, 0, 10, 500, 3) == 10);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.in_doubt == 10; }));
  const auto bits = transport.reconfigure({good}, 0ms);
  const auto leaving = [&] { return transport.account().departed.at(0); };
  const auto ending = has_spool ? CollectorState::spooling : CollectorState::closing;
  REQUIRE(eventually([&] { return leaving().state == ending; }));
  const auto only_good = std::uint64_t{1} << bits[0];
  CHECK(send_frames(transport, 10, 5'000, 500, only_good) == 5'000);
  CHECK(eventually([&] { return arrivals.distinct() == 5'010; }));
  CHECK(told.count("waited for no more") == 0);

  SECTION("until it is left behind, and what became of its records is not known") {
    REQUIRE(eventually([&] { return leaving().state == CollectorState::given_up; }));
    CHECK(leaving().frames.lost.unconfirmed == 10);
    CHECK(told.count("k: topic sip: a record is not made, and is waited for no more") == 1);
  }
  SECTION("and none is forgotten when it goes on in time") {
    hangs.unlock();
    REQUIRE(eventually([&] { return leaving().frames.held() == 0; }));
    const auto frames = leaving().frames;
    CHECK(frames.sent + frames.spooled + frames.lost.given_up == 10);
    CHECK(has_spool == (frames.lost.given_up == 0));
    CHECK(told.count("waited for no more") == 0);
  }
  CHECK(test::adds_up(leaving()));
}

TEST_CASE("properties are checked without a network") {
  CHECK(kafka_property_fault("linger.ms", "20").empty());
  CHECK(kafka_property_fault("compression.codec", "zstd").empty());
  CHECK_THAT(kafka_property_fault("linger.msec", "20"), Catch::Contains("No such"));
  CHECK_THAT(kafka_property_fault("linger.ms", "soon"), Catch::Contains("Invalid value"));
  CHECK_THAT(kafka_property_fault("bootstrap.servers", "b"), Catch::Contains("by heptap"));
  KafkaOptions options;
  options.brokers = "192.0.2.1:9092";
  options.topic = "sip";
  CHECK(kafka_fault(options).empty());
  options.properties["acks"] = "1";  // not with enable.idempotence
  CHECK_FALSE(kafka_fault(options).empty());
  options.properties = {{"security.protocol", "ssl"}, {"ssl.ca.location", "/nowhere.pem"}};
  CHECK_THAT(kafka_fault(options), Catch::Contains("ssl.ca.location"));
}

}  // namespace heptap
