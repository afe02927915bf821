namespace Meridian.Dns.Answering;

/// <summary>
/// The records of a response in wire form, ready to be copied behind a question. The same code makes them that answers
/// without them.
/// </summary>
/// <param name="Records">Answer, authority and additional section.</param>
/// <param name="Answers">Records in the answer section.</param>
/// <param name="Authorities">Records in the authority section.</param>
/// <param name="Additionals">Records in the additional section, without OPT.</param>
/// <param name="QuestionLength">Octets of the question name that the records were made for.</param>
/// <param name="Pointers">
/// Offsets of the compression pointers in <paramref name="Records"/>. Behind a question name of another length, each
/// pointer moves by the difference. Empty where the records are only copied behind the name that they were made for.
/// </param>
internal sealed record ReadyAnswer(
    byte[] Records, ushort Answers, ushort Authorities, ushort Additionals, int QuestionLength, ushort[] Pointers);
