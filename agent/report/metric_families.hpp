#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heptap {

/// Metric families, written one after the other: begin one, then add its samples. A family to which
/// nothing was added is left out.
class MetricFamilies {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  using Histogram = prometheus::ClientMetric::Histogram;

  /// name      without the prefix `heptap_`, and without the suffix `_total` of a counter; no other
  ///           family has it
  /// help      one line
  void begin_counter(std::string_view name, std::string_view help);
  void begin_gauge(std::string_view name, std::string_view help);
  void begin_histogram(std::string_view name, std::string_view help);

  /// labels    no other sample of the family has the same; what is not UTF-8 is made so
  /// value     becomes a double: a count above 2^53 is rounded
  template <class Number>
  void add(Labels labels, Number value) {
    add_number(labels, static_cast<double>(value));
  }
  /// The bucket +Inf is made of the sample count.
  void add(Labels labels, const Histogram& histogram);

  /// source    Prometheus text exposition format 0.0.4
  [[nodiscard]] std::string text() const;

 private:
  void begin(prometheus::MetricType type, std::string name, std::string_view help);
  void add_number(Labels labels, double value);
  prometheus::ClientMetric& add_sample(Labels labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace heptap
