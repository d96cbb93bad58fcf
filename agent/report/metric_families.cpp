#include "agent/report/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include "agent/report/text.hpp"

namespace heptap {

using prometheus::MetricType;

void MetricFamilies::begin_counter(std::string_view name, std::string_view help) {
  begin(MetricType::Counter, std::string{name} + "_total", help);
}
void MetricFamilies::begin_gauge(std::string_view name, std::string_view help) {
  begin(MetricType::Gauge, std::string{name}, help);
}
void MetricFamilies::begin_histogram(std::string_view name, std::string_view help) {
  begin(MetricType::Histogram, std::string{name}, help);
}

void MetricFamilies::begin(MetricType type, std::string name, std::string_view help) {
  const bool is_unused = !families_.empty() && families_.back().metric.empty();
  if (is_unused) families_.pop_back();
  families_.push_back({"heptap_" + std::move(name), std::string{help}, type, {}});
}

void MetricFamilies::add_number(Labels labels, double value) {
  const MetricType type = families_.back().type;
  auto& sample = add_sample(labels);
  (type == MetricType::Counter ? sample.counter.value : sample.gauge.value) = value;
}

void MetricFamilies::add(Labels labels, const Histogram& histogram) {
  add_sample(labels).histogram = histogram;
}

prometheus::ClientMetric& MetricFamilies::add_sample(Labels labels) {
  auto& sample = families_.back().metric.emplace_back();
  for (const auto& [name, value] : labels) {
    sample.label.push_back({std::string{name}, valid_utf8(value)});
  }
  return sample;
}

std::string MetricFamilies::text() const {
  auto families = families_;
  if (!families.empty() && families.back().metric.empty()) families.pop_back();
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace heptap
