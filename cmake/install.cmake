# What `cmake --install` puts where, and the Debian packages by CPack.
#
# Components: `program` is in the installation and in the package overhear; `local` only in the installation, `debian`
# only in the package; `development` is the package liboverhear-dev (the installation has it in `local`).

set(OVERHEAR_MAINTAINER "overhear developers <overhear@overhear.example>")

# The manual page and the completions: printed by the program, so that they say what it does.
set(REFERENCE ${CMAKE_BINARY_DIR}/reference)
file(MAKE_DIRECTORY ${REFERENCE})
add_custom_command(
  OUTPUT ${REFERENCE}/overhear.1.gz ${REFERENCE}/overhear.bash ${REFERENCE}/_overhear ${REFERENCE}/overhear.fish
  COMMAND overhear manual > ${REFERENCE}/overhear.1
  COMMAND gzip -9nkf ${REFERENCE}/overhear.1
  COMMAND overhear completion bash > ${REFERENCE}/overhear.bash
  COMMAND overhear completion zsh > ${REFERENCE}/_overhear
  COMMAND overhear completion fish > ${REFERENCE}/overhear.fish
  DEPENDS overhear VERBATIM)
if(NOT OVERHEAR_SANITIZE AND NOT OVERHEAR_FUZZ)
  add_custom_target(reference ALL DEPENDS ${REFERENCE}/overhear.1.gz)
endif()

# Both.
install(TARGETS overhear RUNTIME COMPONENT program)
install(FILES ${REFERENCE}/overhear.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${REFERENCE}/overhear.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME overhear COMPONENT program)
install(FILES ${REFERENCE}/overhear.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
  COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program FILES_MATCHING PATTERN "*.md")
install(FILES README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

function(overhear_configure folder prefix libdir program)
  set(CMAKE_INSTALL_PREFIX ${prefix})
  set(CMAKE_INSTALL_LIBDIR ${libdir})
  set(OVERHEAR_PROGRAM ${program})
  configure_file(cmake/overhear.pc.in ${folder}/overhear.pc @ONLY)
  configure_file(packaging/overhear@.service.in ${folder}/overhear@.service @ONLY)
endfunction()

# The installation. What is below /etc of a system belongs there only if the rest is in /usr.
set(HERE ${CMAKE_BINARY_DIR})
overhear_configure(${HERE} ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_LIBDIR} ${CMAKE_INSTALL_FULL_BINDIR}/overhear)
set(SETTINGS ${CMAKE_INSTALL_SYSCONFDIR})
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(SETTINGS ${CMAKE_INSTALL_FULL_SYSCONFDIR})
endif()
install(TARGETS liboverhear ARCHIVE COMPONENT local)
install(DIRECTORY include/overhear DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT local PATTERN analyzer.h EXCLUDE)
install(FILES ${HERE}/overhear.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT local)
install(FILES LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT local)
install(FILES ${REFERENCE}/_overhear DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT local)
install(FILES ${HERE}/overhear@.service DESTINATION lib/systemd/system COMPONENT local)
install(FILES packaging/overhear.sysusers DESTINATION lib/sysusers.d RENAME overhear.conf COMPONENT local)
install(FILES packaging/overhear.logrotate DESTINATION ${SETTINGS}/logrotate.d RENAME overhear COMPONENT local)

# The packages.
set(DEBIAN ${CMAKE_BINARY_DIR}/debian)
set(DEBIAN_LIBDIR lib)
if(CMAKE_LIBRARY_ARCHITECTURE)
  set(DEBIAN_LIBDIR lib/${CMAKE_LIBRARY_ARCHITECTURE})
endif()
overhear_configure(${DEBIAN} /usr ${DEBIAN_LIBDIR} /usr/bin/overhear)
configure_file(packaging/debian/changelog.in ${DEBIAN}/changelog.Debian @ONLY)
configure_file(CHANGELOG.md ${DEBIAN}/changelog COPYONLY)
add_custom_command(OUTPUT ${DEBIAN}/changelog.Debian.gz ${DEBIAN}/changelog.gz
  COMMAND gzip -9nkf ${DEBIAN}/changelog.Debian ${DEBIAN}/changelog
  DEPENDS ${DEBIAN}/changelog.Debian ${DEBIAN}/changelog VERBATIM)
add_custom_target(changelogs ALL DEPENDS ${DEBIAN}/changelog.gz)

foreach(name overhear liboverhear-dev)
  set(component debian)
  if(name STREQUAL "liboverhear-dev")
    set(component development)
  endif()
  install(FILES ${DEBIAN}/changelog.Debian.gz ${DEBIAN}/changelog.gz packaging/debian/copyright
    DESTINATION share/doc/${name} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
install(FILES ${REFERENCE}/_overhear DESTINATION share/zsh/vendor-completions COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${DEBIAN}/overhear@.service DESTINATION lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/overhear.logrotate DESTINATION /etc/logrotate.d RENAME overhear COMPONENT debian EXCLUDE_FROM_ALL)
install(TARGETS liboverhear ARCHIVE DESTINATION ${DEBIAN_LIBDIR} COMPONENT development EXCLUDE_FROM_ALL)
install(DIRECTORY include/overhear DESTINATION include COMPONENT development EXCLUDE_FROM_ALL
  PATTERN analyzer.h EXCLUDE) # for those who build this source
install(FILES ${DEBIAN}/overhear.pc DESTINATION ${DEBIAN_LIBDIR}/pkgconfig COMPONENT development EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${OVERHEAR_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program debian development)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_PROGRAM_GROUP overhear)
set(CPACK_COMPONENT_DEBIAN_GROUP overhear)
set(CPACK_COMPONENT_DEVELOPMENT_GROUP dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${OVERHEAR_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_OVERHEAR_PACKAGE_NAME overhear)
set(CPACK_DEBIAN_OVERHEAR_PACKAGE_SECTION net)
set(CPACK_DEBIAN_OVERHEAR_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_OVERHEAR_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_OVERHEAR_PACKAGE_SUGGESTS "logrotate, jq")
set(CPACK_DEBIAN_OVERHEAR_DESCRIPTION
"overhear reads packet captures, or listens on interfaces, and shows what two
machines said to each other and what it means: DNS, HTTP, SMTP, POP3, IMAP and
the messages that they carry, FTP and its files, TLS handshakes, WHOIS, Telnet
and finger. For people it prints an annotated conversation, for programs one
JSON object a line.

It sends nothing, gives up its rights as soon as it listens, and locks itself
into a sandbox before it reads the first frame. A systemd unit for a sensor on
an interface is included; none is started unless asked for.")
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_OVERHEAR_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/${script})
endforeach()

set(CPACK_DEBIAN_DEV_PACKAGE_NAME liboverhear-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libisal-dev, libjson-c-dev, libpcap-dev, libpcre2-dev, libssl-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEV_DESCRIPTION
"What the program overhear is made of, as a static library: frames go in, and
records of what was said come out. With the headers for programs that embed it,
and for new dissectors.")
include(CPack)
