"""The looks of Discord's dark theme, for `rendering`."""

STYLE = """
* { box-sizing: border-box; }
body { display: flow-root; margin: 0; background: #313338; color: #dbdee1;
  font: 15px/1.375 "gg sans", "Noto Sans",
  "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", "Noto Color Emoji", sans-serif; }
.channel { padding: 12px 16px 8px; border-bottom: 1px solid #26282c; color: #f2f3f5;
  font-weight: 600; }
.channel i { color: #80848e; font-style: normal; font-weight: 400; margin-right: 6px; }
.page { max-width: 100%; padding-bottom: 12px; }
.message { position: relative; padding: 6px 16px 6px 68px; margin-top: 10px; }
.message.ephemeral { background: rgba(88, 101, 242, .09);
  box-shadow: inset 2px 0 #5865f2; }
.message.pings { background: rgba(240, 178, 50, .08); box-shadow: inset 2px 0 #f0b232; }
.phone .message { padding: 6px 12px 6px 56px; }
.avatar { position: absolute; left: 16px; width: 40px; height: 40px; border-radius: 50%;
  color: #fff; font-weight: 600; display: flex; align-items: center; justify-content: center; }
.phone .avatar { left: 10px; width: 36px; height: 36px; }
.author { color: #f2f3f5; font-weight: 500; }
.badge { background: #5865f2; color: #fff; font-size: 10px; font-weight: 600; padding: 1px 5px;
  border-radius: 4px; margin-left: 5px; vertical-align: 2px; letter-spacing: .02em; }
.when { color: #949ba4; font-size: 12px; margin-left: 8px; }
.before { color: #b5bac1; font-size: 13px; margin: 0 0 3px -24px; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis; }
.before::before { content: ""; display: inline-block; width: 20px; height: 9px; margin-right: 4px;
  border: 2px solid #4e5058; border-width: 2px 0 0 2px; border-radius: 6px 0 0 0; }
.before b { color: #c9cdfb; font-weight: 500; }
.text p, .text div { margin: 0; overflow-wrap: anywhere; }
.text br { display: block; content: ""; margin-top: 8px; }
.text h1 { font-size: 24px; } .text h2 { font-size: 20px; } .text h3 { font-size: 16px; }
.text h1, .text h2, .text h3 { color: #f2f3f5; margin: 6px 0 4px; line-height: 1.3;
  font-weight: 700; overflow-wrap: anywhere; }
.text > h1:first-child, .text > h2:first-child, .text > h3:first-child { margin-top: 0; }
.text .subtext { color: #949ba4; font-size: 13px; }
.text .item { display: flex; } .text .item i { font-style: normal; min-width: 16px;
  color: #b5bac1; margin-right: 4px; }
.text .d2 { margin-left: 18px; } .text .d3 { margin-left: 36px; }
blockquote { margin: 0; padding: 0 8px 0 12px; border-left: 4px solid #4e5058;
  border-radius: 3px; }
code { background: #2b2d31; padding: 1px 4px; border-radius: 4px; overflow-wrap: anywhere;
  font: 13px/1.3 Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
.box code, .embed code { background: #1e1f22; }
pre { background: #2b2d31; border: 1px solid #1e1f22; border-radius: 4px; padding: 8px;
  margin: 6px 0 0; white-space: pre-wrap; } pre code { background: none; padding: 0; }
a { color: #00a8fc; text-decoration: none; }
.mention { background: rgba(88, 101, 242, .3); color: #c9cdfb; border-radius: 3px; padding: 0 2px;
  font-weight: 500; }
.time { background: rgba(255, 255, 255, .06); border-radius: 3px; padding: 0 2px; }
.spoiler { background: #1e1f22; color: #1e1f22; border-radius: 4px; }
.edited { color: #949ba4; font-size: 11px; margin-left: 4px; }
.parts { display: flex; flex-direction: column; gap: 8px; max-width: 600px; margin-top: 4px; }
.box { background: #2b2d31; border: 1px solid #393b41; border-radius: 8px; padding: 14px;
  display: flex; flex-direction: column; gap: 10px; position: relative; overflow: hidden; }
.box.accent { padding-left: 18px; }
.box.accent::before { content: ""; position: absolute; left: 0; top: 0; bottom: 0; width: 4px;
  background: var(--accent); }
.section { display: flex; gap: 14px; justify-content: space-between; align-items: flex-start; }
.section > .text { flex: 1; min-width: 0; }
.thumbnail { width: 84px; height: 84px; border-radius: 8px; object-fit: cover; flex: none; }
.gallery { display: grid; grid-template-columns: repeat(6, 1fr); gap: 4px; border-radius: 8px;
  overflow: hidden; }
.gallery figure { margin: 0; position: relative; background: #1e1f22; min-height: 40px; }
.gallery img { width: 100%; height: 100%; display: block; object-fit: cover; }
.gallery.one figure { aspect-ratio: auto !important; }
.gallery.one img { max-height: 460px; object-fit: contain; }
.hidden img { filter: blur(28px); }
hr { border: 0; margin: 2px 0; width: 100%; } hr.line { border-top: 1px solid #44464d; }
hr.wide { margin: 10px 0; }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
.button { background: #4e5058; color: #fff; border-radius: 8px; padding: 6px 14px; font-size: 14px;
  font-weight: 500; min-height: 32px; display: inline-flex; align-items: center; gap: 6px; }
.s1 { background: #5865f2; } .s3 { background: #248046; } .s4 { background: #da373c; }
.off { opacity: .5; }
.select { background: #1e1f22; border: 1px solid #3f4147; border-radius: 8px; padding: 8px 12px;
  width: 100%; max-width: 420px; display: flex; justify-content: space-between; color: #949ba4; }
.select b { color: #dbdee1; font-weight: 400; } .select::after { content: "⌄"; }
.file { background: #2b2d31; border: 1px solid #393b41; border-radius: 8px; padding: 12px;
  display: flex; gap: 10px; align-items: center; max-width: 430px; }
.file span { color: #949ba4; font-size: 12px; display: block; }
.picture img { max-width: min(100%, 400px); max-height: 350px; border-radius: 8px; display: block; }
.embed { background: #2b2d31; border-left: 4px solid var(--accent, #1e1f22); border-radius: 4px;
  padding: 10px 14px 14px 12px; max-width: 516px; display: grid; gap: 8px; }
.embed .title { color: #f2f3f5; font-weight: 600; } .embed .small { font-size: 12px; }
.fields { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; font-size: 14px; }
.fields > div { grid-column: 1 / -1; } .fields > .inline { grid-column: auto; }
.fields b { color: #f2f3f5; display: block; font-weight: 600; }
.reactions { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 6px; }
.reaction { background: #2b2d31; border: 1px solid transparent; border-radius: 8px;
  padding: 2px 8px; font-size: 14px; color: #b5bac1; }
.reaction.mine { background: rgba(88, 101, 242, .15); border-color: #5865f2; color: #c9cdfb; }
.only { color: #949ba4; font-size: 12px; margin-top: 6px; } .only a { margin-left: 2px; }
.thinking { color: #949ba4; } .thinking::before { content: "● ● ●"; letter-spacing: 1px;
  font-size: 10px; margin-right: 8px; color: #dbdee1; }
.thread { background: #2b2d31; border-radius: 6px; padding: 8px 12px; margin-top: 6px;
  display: inline-block; font-weight: 600; } .thread span { color: #00a8fc; font-weight: 400; }
.modal { background: #313338; border: 1px solid #1e1f22; border-radius: 8px; margin: 16px auto;
  max-width: 440px; box-shadow: 0 8px 24px rgba(0, 0, 0, .5); }
.modal header { padding: 18px 16px 6px; font-size: 20px; font-weight: 700; color: #f2f3f5; }
.modal main { padding: 8px 16px 16px; display: grid; gap: 16px; }
.modal label { display: block; color: #dbdee1; font-weight: 600; font-size: 14px; }
.modal label em { color: #f23f42; font-style: normal; margin-left: 3px; }
.modal small { color: #949ba4; display: block; font-size: 13px; }
.input { background: #1e1f22; border-radius: 4px; padding: 10px; margin-top: 6px; color: #dbdee1;
  min-height: 40px; white-space: pre-wrap; } .input.tall { min-height: 96px; }
.input.empty { color: #6d6f78; }
.choice { margin-top: 6px; display: flex; gap: 8px; align-items: center; }
.choice::before { content: ""; width: 18px; height: 18px; border: 1px solid #80848e;
  border-radius: 4px; } .choice.round::before { border-radius: 50%; }
.choice.on::before { background: #5865f2; border-color: #5865f2; }
.modal footer { background: #2b2d31; padding: 14px 16px; border-radius: 0 0 8px 8px;
  display: flex; justify-content: flex-end; gap: 8px; }
"""
