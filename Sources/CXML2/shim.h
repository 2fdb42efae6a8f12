// The push parser with a SAX handler of our own: only so is a DOCTYPE refused the moment it starts.
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
