# An installable CMake package: the program, librankwise, its headers, and find_package(rankwise).
include(CMakePackageConfigHelpers)

install(TARGETS rankwise EXPORT rankwise-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS rankwise_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY framework analysis DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rankwise
  FILES_MATCHING PATTERN "*.h" PATTERN "testing" EXCLUDE)
install(EXPORT rankwise-targets NAMESPACE rankwise::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
configure_package_config_file(cmake/rankwise-config.cmake.in rankwise-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
write_basic_package_version_file(rankwise-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rankwise-config.cmake
  ${PROJECT_BINARY_DIR}/rankwise-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rankwise)
