# An installable CMake package: the program, librankwise, its headers, and find_package(rankwise).
include(CMakePackageConfigHelpers)

# The installed program finds librankwise by its place beside it, and the other libraries where they
# were linked; LibTorch is named, since CMake leaves out folders inside the source tree (.venv).
file(RELATIVE_PATH RANKWISE_LIB_FROM_BIN "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
set_target_properties(rankwise rankwise_cli PROPERTIES
  INSTALL_RPATH "$ORIGIN;$ORIGIN/${RANKWISE_LIB_FROM_BIN};${LibTorch_ROOT}/lib"
  INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS rankwise EXPORT rankwise-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS rankwise_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY framework DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rankwise
  FILES_MATCHING PATTERN "*.h" PATTERN "testing" EXCLUDE)
install(EXPORT rankwise-targets NAMESPACE rankwise::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
# find_package(rankwise COMPONENTS conformance): the conformance suite, for tests of plug-ins.
if(TARGET rankwise_conformance)
  set_target_properties(rankwise_conformance PROPERTIES EXPORT_NAME conformance)
  install(TARGETS rankwise_conformance EXPORT rankwise-conformance
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES framework/testing/conformance.h framework/testing/toy.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rankwise/framework/testing)
  install(EXPORT rankwise-conformance NAMESPACE rankwise::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
endif()
configure_package_config_file(cmake/rankwise-config.cmake.in rankwise-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
write_basic_package_version_file(rankwise-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rankwise-config.cmake
  ${PROJECT_BINARY_DIR}/rankwise-config-version.cmake
  cmake/FindLibTorch.cmake cmake/LibTorchRoot.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
