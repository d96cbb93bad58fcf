#include "transport/file/rotating_files.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

constexpr int level = 3;

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

}  // namespace

void RotatingFiles::Compressor::operator()(ZSTD_CCtx_s* context) const noexcept {
  ZSTD_freeCCtx(context);
}

RotatingFiles::RotatingFiles(const FileOptions& options, Warn warn)
    : options_(options),
      warn_(std::move(warn)),
      names_(options.path, options.limits.rotates(), options.compression == FileCompression::zstd),
      place_(names_.folder()) {
  if (options_.compression != FileCompression::zstd) return;
  zstd_.reset(ZSTD_createCCtx());
  if (!zstd_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
}

RotatingFiles::~RotatingFiles() {
  end_file();
  if (folder_ >= 0) ::close(folder_);
}

std::error_code RotatingFiles::check() {
  if (file_.is_open()) return {};
  place_ = names_.folder();
  if (::access(place_.c_str(), W_OK | X_OK) != 0) return last_error();
  const int folder = ::open(place_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return last_error();
  if (folder_ >= 0) ::close(folder_);
  folder_ = folder;
  return {};
}

std::error_code RotatingFiles::write(const FrameRecords& frames, Now now) {
  if (file_.is_open() && file_.is_gone()) forget_file();
  look(now);
  if (!file_.is_open()) {
    if (const auto error = begin_file(now)) return error;
  }
  if (!is_encoded_) encode(frames);
  if (is_full_with(encoded_.size())) {
    end_file();
    if (const auto error = begin_file(now)) return error;
    encode(frames);
  }
  if (const auto error = file_.append(encoded_)) {
    if (file_.size() == 0) remove_empty();
    return error;
  }
  is_encoded_ = false;
  return {};
}

void RotatingFiles::look(Now now) {
  if (file_.is_open() && is_too_old(now)) end_file();
}

bool RotatingFiles::is_too_old(Now now) const noexcept {
  const auto max_age = options_.limits.max_age;
  return max_age.count() != 0 && now.steady - begun_ >= max_age;
}

bool RotatingFiles::is_full_with(std::size_t bytes) const noexcept {
  const auto max_bytes = options_.limits.max_bytes;
  return max_bytes != 0 && file_.size() != 0 && file_.size() + bytes > max_bytes;
}

/// The folder is opened again: another one may have taken its place.
std::error_code RotatingFiles::begin_file(Now now) {
  if (const auto error = check()) return error;
  FileList files(folder_, names_);
  const unsigned number = number_for(now.wall, files);
  make_room(files);
  if (const auto error = create(now.wall, number)) return error;
  place_ = names_.folder() + "/" + name_;
  ++counters_.begun;
  begun_ = now.steady;
  form_ = options_.form();
  is_encoded_ = false;
  return {};
}

/// The name of one that had to make room would make it the oldest. Where names have no more than a day in
/// them, or no time at all, many files differ by their numbers alone.
unsigned RotatingFiles::number_for(std::time_t begun, const FileList& files) const {
  const auto time = names_.age_of(names_.name(begun, 0));
  const unsigned number = time ? files.next_number(*time) : 0;
  return number > FileNames::max_number ? 0 : number;
}

std::error_code RotatingFiles::create(std::time_t begun, unsigned number) {
  auto error = std::make_error_code(std::errc::file_exists);
  for (; number <= FileNames::max_number; ++number) {
    name_ = names_.name(begun, number);
    error = file_.create(folder_, name_);
    if (error != std::errc::file_exists) break;
  }
  return error;
}

void RotatingFiles::end_file() {
  if (!file_.is_open()) return;
  if (const auto error = file_.sync()) warn(place_ + " may not be whole", error);
  ::fsync(folder_);
  forget_file();
}

void RotatingFiles::forget_file() {
  file_.close();
  is_encoded_ = false;
}

void RotatingFiles::remove_empty() {
  if (!file_.is_gone()) ::unlinkat(folder_, name_.c_str(), 0);
  --counters_.begun;
  forget_file();
}

void RotatingFiles::encode(const FrameRecords& frames) {
  text_.clear();
  if (file_.size() == 0) form_->begin(text_);
  frames.for_each([this](std::span<const std::uint8_t> frame) { form_->add(frame, text_); });
  encoded_ = zstd_ ? compressed() : std::span<const char>(text_);
  is_encoded_ = true;
}

std::span<const char> RotatingFiles::compressed() {
  packed_.resize(ZSTD_compressBound(text_.size()));
  const std::size_t size =
      ZSTD_compress2(zstd_.get(), packed_.data(), packed_.size(), text_.data(), text_.size());
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // it has room for whatever comes
  return std::span<const char>(packed_).first(size);
}

/// For a file that is to be begun, and may become as large as any.
void RotatingFiles::make_room(FileList& files) {
  const FileLimits& limits = options_.limits;
  if (limits.max_files == 0 && limits.total_bytes == 0) return;
  const auto has_room = [&] {
    const bool few = limits.max_files == 0 || files.count() < limits.max_files;
    const bool small =
        limits.total_bytes == 0 || files.bytes() + limits.max_bytes <= limits.total_bytes;
    return few && small;
  };
  while (!has_room() && files.count() > 0) {
    const auto error = files.remove_oldest(folder_);
    if (error) {
      warn(names_.folder() + ": old files cannot be removed", error);
    } else {
      ++counters_.removed;
    }
  }
}

/// What lasts is told once.
void RotatingFiles::warn(const std::string& what, const std::error_code& error) {
  const std::string text = what + ": " + error.message();
  if (std::exchange(warned_, text) != text) warn_(text);
}

}  // namespace heptap
