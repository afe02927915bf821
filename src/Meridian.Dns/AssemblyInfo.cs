// Buffers on the stack are written before they are read; clearing a kilobyte for every query is a tenth of its cost.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
