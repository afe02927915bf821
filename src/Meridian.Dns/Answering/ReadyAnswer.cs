namespace Meridian.Dns.Answering;

/// <summary>
/// The records of a response in wire form, to be copied behind a question. Made by the same code that answers without
/// it.
/// </summary>
/// <param name="Records">Answer, authority and additional section.</param>
/// <param name="Answers">Records in the answer section.</param>
/// <param name="Authorities">Records in the authority section.</param>
/// <param name="Additionals">Records in the additional section, without OPT.</param>
/// <param name="QuestionLength">Octets of the name that it was made for.</param>
/// <param name="Pointers">
/// Where compression pointers stand in <paramref name="Records"/>. Behind a name of another length each moves by the
/// difference. Empty where it is only ever copied behind the name that it was made for.
/// </param>
internal sealed record ReadyAnswer(
    byte[] Records, ushort Answers, ushort Authorities, ushort Additionals, int QuestionLength, ushort[] Pointers);
