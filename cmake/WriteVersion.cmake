# Writes OUTPUT from TEMPLATE with the commit of SOURCE_DIR; leaves it alone when nothing changed.
find_program(GIT git)
set(RANKWISE_COMMIT unknown)
set(RANKWISE_DIRTY 0)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} rev-parse HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
  if(NOT failed)
    set(RANKWISE_COMMIT ${commit})
    execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      set(RANKWISE_DIRTY 1)
    endif()
  endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
