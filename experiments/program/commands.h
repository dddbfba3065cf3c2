/// The program's subcommands: each adds itself to the command line and runs when it is named.
#pragma once

#include <CLI/CLI.hpp>

namespace rankwise {

void add_run_command(CLI::App& program);          // run
void add_status_command(CLI::App& program);       // status
void add_info_commands(CLI::App& program);        // list, describe, env
void add_schema_command(CLI::App& program);       // schema
void add_analysis_commands(CLI::App& program);    // table, measures, hypotheses, figure
void add_evaluate_command(CLI::App& program);     // evaluate
void add_execute_command(CLI::App& program);      // execute
void add_exchange_commands(CLI::App& program);    // export, import
void add_merge_command(CLI::App& program);        // merge
void add_predictions_command(CLI::App& program);  // predictions
void add_results_commands(CLI::App& program);     // report, summary, results
void add_paper_commands(CLI::App& program);       // lint, reproduce
void add_compare_commands(CLI::App& program);     // compare, ablate, diff
void add_verify_command(CLI::App& program);       // verify
void add_help_commands(CLI::App& program);        // help, completion

}  // namespace rankwise
