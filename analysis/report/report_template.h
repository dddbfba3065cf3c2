/// The page of the report, in Mustache: analysis/report/report.html.mustache, embedded.
#pragma once

namespace rankwise::analysis {

const char* report_template();

}  // namespace rankwise::analysis
