#pragma once

namespace plumbline {

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed: else the next file opened,
// the results file perhaps, would get its number, and what is printed would go into it. To be
// called first in main.
void open_standard_streams();

// Throws EnvironmentError when not all that was printed on standard output could be written.
void require_written_output();

}  // namespace plumbline
