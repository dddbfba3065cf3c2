/// The page of the report, in Mustache: analysis/report.html.mustache, embedded.
#pragma once

namespace rankwise {

const char* report_template();

}  // namespace rankwise
