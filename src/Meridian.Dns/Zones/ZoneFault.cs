namespace Meridian.Dns.Zones;

/// <summary>Something wrong with the data of a zone; without a file, the file is empty and the line 0.</summary>
public sealed record ZoneFault(string File, int Line, string Message);
