# Sourced first by every shell script of scripts/, before it changes folder: help and refusals.
#
# -h and --help print the comment at the top of the script. An option that this comment does not
# name is refused with one line and exit code 2, before anything is done. So a new option is named
# in that comment and handled in the script's own `case`; nothing is written here.

usage_name=$(basename "$0")
usage_text=$(sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0")

# usage_fail MESSAGE...: one line on standard error, exit code 2.
usage_fail() {
  printf '%s: %s; see scripts/%s --help\n' "$usage_name" "$*" "$usage_name" >&2
  exit 2
}

# refuse ARGUMENT...: arguments that the script has no use for, shown so that they stay on one line.
refuse() { usage_fail "does not know$(printf ' %q' "$@")"; }

# value OPTION [VALUE]...: prints the value that must follow an option.
value() {
  [[ -n "${2:-}" ]] || usage_fail "$1 needs a value"
  printf '%s\n' "$2"
}

for argument in "$@"; do
  case "$argument" in
    -h | --help)
      printf '%s\n' "$usage_text"
      exit 0
      ;;
    -*) [[ " ${usage_text//[!a-zA-Z0-9-]/ } " == *" ${argument%%=*} "* ]] || refuse "$argument" ;;
  esac
done
unset argument
