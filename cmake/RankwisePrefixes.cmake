# Packages of people without root: an active conda environment, and the folders that modules name in
# CPATH. scripts/lib/packages.sh looks in the same places.
if(DEFINED ENV{CONDA_PREFIX})
  list(APPEND CMAKE_PREFIX_PATH "$ENV{CONDA_PREFIX}")
endif()
file(TO_CMAKE_PATH "$ENV{CPATH}" folders)
foreach(folder IN LISTS folders)
  if(IS_ABSOLUTE "${folder}")
    get_filename_component(prefix "${folder}" DIRECTORY)
    list(APPEND CMAKE_PREFIX_PATH "${prefix}")
  endif()
endforeach()
