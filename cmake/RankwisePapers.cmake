# rankwise_embed_papers(target files...): builds the files of analysis/papers/data into `target` as text,
# so that the program needs no path. A changed file configures again.
function(rankwise_embed_papers target)
  set(RANKWISE_PAPERS "")
  foreach(name IN LISTS ARGN)
    set(path ${CMAKE_CURRENT_SOURCE_DIR}/data/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND RANKWISE_PAPERS "      {\"${name}\", R\"json(${text})json\"},\n")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_papers.cpp)
  configure_file(embedded_papers.cpp.in ${output} @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
