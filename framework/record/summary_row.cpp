#include "framework/record/summary_row.h"

#include "framework/core/error.h"

namespace rankwise {

std::string SummaryRow::path(std::string_view pattern, schema::Names names) const {
  names["set"] = set_;
  return schema::summary_path(pattern, names);
}

hdf5::Dataset SummaryRow::array(std::string_view pattern, const schema::Names& names) const {
  hdf5::Dataset dataset = file_->dataset(path(pattern, names));
  check_fit(schema::fits_summary(pattern, dataset.shape()), pattern, names);
  return dataset;
}

bool SummaryRow::has(std::string_view pattern, const schema::Names& names) const {
  return file_->exists(path(pattern, names));
}

std::vector<std::string> SummaryRow::children(const std::string& group) const {
  return file_->children("/set/" + set_ + "/" + group);
}

hdf5::Shape SummaryRow::shape(std::string_view pattern, const schema::Names& names) const {
  if (!has(pattern, names)) return {};
  const hdf5::Shape all = array(pattern, names).shape();
  return {all.begin() + 1, all.end()};
}

std::vector<double> SummaryRow::numbers(std::string_view pattern,
                                        const schema::Names& names) const {
  if (!has(pattern, names)) return {};
  return array(pattern, names).convert_rows<double>(row_, 1);
}

std::vector<double> SummaryRow::shared(std::string_view pattern, const schema::Names& names) const {
  if (!has(pattern, names)) return {};
  const hdf5::Dataset dataset = array(pattern, names);
  return dataset.convert_rows<double>(0, dataset.rows());
}

std::vector<std::string> SummaryRow::strings(std::string_view pattern) const {
  return array(pattern, {}).read_strings();
}

void SummaryRow::check_fit(bool fits, std::string_view pattern, const schema::Names& names) const {
  check(fits, "{}: {} does not fit the other arrays of its set; write the summary anew",
        file_->name(), path(pattern, names));
}

}  // namespace rankwise
